"""bearerctl watch --output: what its surroundings do to it."""

import os
import random
import signal
import stat
import subprocess
import time

from harness.daemon import Daemon
from harness.process import Process
from harness.programs import BUILD
from harness.simulator import Simulator
from harness.suite import Skip, case, eventually, expect, require, say
from support.strace import TOKEN


class Keeper(Process):
    """bearerctl, which keeps a file in a directory of its own."""

    def __init__(self, daemon, *options, command=(), prefix=()):
        super().__init__("bearerctl")
        self.kept = self.directory / "kept"
        self.kept.mkdir()
        self.file = self.kept / "token"
        watch = [BUILD / "bearerctl", "watch", "--socket", daemon.socket, "--output", self.file, *options]
        self.words = [str(word) for word in (*prefix, *watch, *(["--", *command] if command else []))]
        self.start()

    def start(self):
        return super().start(self.words)

    def token(self):
        try:
            return self.file.read_text()
        except FileNotFoundError:
            return None

    def appears(self):
        self.until(self.token, "the file is there")
        return self


def began(lifetime):
    simulator = Simulator("--lifetime", str(lifetime))
    daemon = Daemon(simulator).start()
    daemon.said(TOKEN)
    return simulator, daemon


@case("token file: a command that hangs is ended after 30 s with its children, and the next change comes all the same")
def hanging_command():
    _, daemon = began(3600)
    # It goes at SIGTERM, and its child does not.
    script = "echo begins with $(cat $0); (trap '' TERM; exec sleep 1000) & echo child $!; wait"
    keeper = Keeper(daemon, "--format", "env")
    keeper.words += ["--", "sh", "-c", script, str(keeper.file)]
    keeper.kill()
    keeper.start()
    child = int(keeper.said("child ").split()[1])
    first = keeper.token()
    begin = time.monotonic()
    daemon.ask(op="renew", rejected=first.strip().split("=")[1])
    keeper.until(lambda: keeper.token() != first, "the file is replaced while the command hangs")
    keeper.said("sh: not done after 30 s, and ended", 50)
    took = time.monotonic() - begin
    expect(29 < took < 45, f"the command was ended after {took:.1f} s")
    eventually(lambda: not os.path.exists(f"/proc/{child}") or " Z " in open(f"/proc/{child}/stat").read(), "no child is left")
    keeper.said(f"begins with {keeper.token().strip()}")
    say(f"ended after {took:.1f} s")


@case("token file: killed at random, and started again, with tokens of 3 s: no reader finds a bad token")
def kills():
    simulator, daemon = began(3)
    keeper = Keeper(daemon).appears()
    reads, killed, end = 0, 0, time.monotonic() + 15
    next_kill = time.monotonic() + random.uniform(0, 0.5)
    while time.monotonic() < end:
        token = keeper.token()
        expect(token and simulator.accepts(token), f"after {killed} kills: {'a bad token' if token else 'no token'}")
        reads += 1
        if time.monotonic() > next_kill:
            keeper.kill()
            keeper.start()
            killed, next_kill = killed + 1, time.monotonic() + random.uniform(0, 0.5)
    keeper.kill()
    keeper.start()
    keeper.appears()
    eventually(lambda: os.listdir(keeper.kept) == ["token"], "nothing is left of those that were killed")
    say(f"{reads} reads, {killed} kills")


@case("token file: between any two system calls, whoever may not read the file cannot read what becomes it")
def modes():
    require("strace")
    _, daemon = began(3600)
    trace = daemon.directory / "trace"
    options = ["-f", "-o", trace, "-e", "trace=openat,fchown,fchmod,write,fsync,renameat,renameat2"]
    keeper = Keeper(daemon, "--group", "adm", "--mode", "0440", prefix=["strace", *options]).appears()
    eventually(lambda: "renameat" in trace.read_text(), "the file is renamed")
    calls = [line.split(None, 1)[1] for line in trace.read_text().splitlines()]
    first = next(index for index, call in enumerate(calls) if ".token." in call and "O_CREAT" in call)
    made = [call.split("(")[0] for call in calls[first:]][:6]
    expect("O_EXCL" in calls[first] and ", 000)" in calls[first], f"made by {calls[first]}")
    expect(made == ["openat", "fchown", "fchmod", "write", "fsync", "renameat"], f"the calls: {made}")
    expect(stat.S_IMODE(keeper.file.stat().st_mode) == 0o440, "the mode is another")


@case("token file: on a full disk the old token stays to its end, and the file comes back when there is room")
def full_disk():
    if os.geteuid() != 0:
        raise Skip("only root can mount")
    simulator, daemon = began(6)
    keeper = Keeper(daemon)
    keeper.kill()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "kept", keeper.kept], check=True)
    try:
        keeper.start()
        keeper.appears()
        with open(keeper.kept / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass
        token = keeper.token()
        keeper.said("No space left on device")
        while keeper.token() is not None:
            expect(keeper.token() in (token, None), "another token on a full disk")
            expect(simulator.accepts(token), "a token that has ended is in the file")
            time.sleep(0.005)
        os.remove(keeper.kept / "filler")
        keeper.said("in order again")
        expect(simulator.accepts(keeper.token()), "a bad token")
    finally:
        keeper.kill()
        subprocess.run(["umount", keeper.kept], check=True)


@case("token file: stopped by SIGSTOP beyond the end of its token, it removes the file as soon as it goes on")
def stopped():
    simulator, daemon = began(4)
    keeper = Keeper(daemon).appears()
    daemon.kill()
    keeper.signal(signal.SIGSTOP)
    token = keeper.token()
    eventually(lambda: not simulator.accepts(token), "the token has ended")
    keeper.signal(signal.SIGCONT)
    keeper.until(lambda: keeper.token() is None, "the file is removed", 2)
