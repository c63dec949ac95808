"""What the machine can do to a daemon: kill it at any system call, spoil its disk, step its clocks.

strace(1) does it to the real daemon, without the daemon's help.
"""

import json
import mmap
import os
import re
import shutil
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

# The script that runs the cases; what all cases use is defined there.
from __main__ import BUILD, STATEMENT, Asker, Home, Simulator, ended, expect


class Skipped(Exception):
    pass


def require(program):
    if not shutil.which(program):
        raise Skipped(f"{program} is not installed")


def command(home):
    return [
        *(BUILD / "bearerd", "--config", home.path / "bearerd.yaml", "--socket", home.socket),
        *("--state-directory", home.state),
    ]


@contextmanager
def traced(home, *options, wrapper=None):
    """A daemon below strace, or another program that runs it; both end with this."""
    with open(home.log, "ab") as log:
        process = subprocess.Popen(
            [*(wrapper or ["strace", "-f", "-qq", "-o", home.path / "trace"]), *options, *command(home)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"PATH": os.environ["PATH"]},
        )
    try:
        yield process
    finally:
        # strace lets go of what it traces when it is killed; the daemon must not live on.
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True)
        for pid in children.stdout.split():
            try:
                os.kill(int(pid), 9)
            except ProcessLookupError:
                pass
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(home, text, process, seconds=40):
    """Waits until the daemon says `text`; False when it ends first."""
    deadline = time.monotonic() + seconds
    while text not in home.log.read_text():
        if process.poll() is not None:
            return text in home.log.read_text()
        expect(time.monotonic() < deadline, f"“{text}” not within {seconds} s: {home.log.read_text()}")
        time.sleep(0.01)
    return True


def ledger(home):
    files = list(home.state.glob("default/registration-*.json"))
    return json.loads(files[0].read_text()) if files else None


def order(directory, _):
    """Nothing is used before a power cut could not take it away any more."""
    require("strace")
    simulator = Simulator()
    home = Home(directory / "order", simulator.url)
    port = simulator.url.split(":")[-1]
    with ended(simulator.process):
        with traced(home, "-y", "-e", "trace=openat,fsync,renameat,renameat2,connect") as process:
            expect(until(home, ": token for ", process), f"no token: {home.log.read_text()}")
        steps = []
        for line in (home.path / "trace").read_text().splitlines():
            if found := re.search(r'openat\([^"]*, "\.((?:client|registration)-[^"]*json)\.\w+\.tmp".*O_CREAT', line):
                steps.append(("create", found[1].split("-")[0]))
            elif found := re.search(r"fsync\(\d+<[^>]*/\.(client|registration)-[^>]*\.tmp>\) += 0", line):
                steps.append(("fsync", found[1]))
            elif found := re.search(r'rename.*/default>.*"(client|registration)-[^"]*\.json"(?:, 0)?\) += 0', line):
                steps.append(("rename", found[1]))
            elif re.search(r"fsync\(\d+<[^>]*/default>\) += 0", line):
                steps.append(("fsync", "directory"))
            elif re.search(r"fsync\(\d+<[^>]*/state>\) += 0", line):
                steps.append(("fsync", "state"))
            elif f"htons({port})" in line:
                steps.append(("connect", "server"))

    def durable(name):
        return [("create", name), ("fsync", name), ("rename", name), ("fsync", "directory")]

    expected = [
        ("fsync", "state"),
        *durable("registration"),
        ("connect", "server"),
        *durable("client"),
    ]
    expect(steps[: len(expected)] == expected, f"found the order {steps}")
    # The token request and the note that the registration was answered may come in any order.
    expect(("connect", "server") in steps[len(expected) :], f"no token request after that: {steps}")
    return "intent, registration, credentials, token: each durable before what follows"


# What of a registration is killed at, and what of it is looked at.
CALLS = {
    "mkdir": [],
    "mkdirat": ["state"],
    "openat": ["state"],
    "write": [],
    "fsync": [],
    "renameat,renameat2": ["state"],
    "unlinkat": ["state"],
    "linkat": ["state"],
    "connect": [],
}


def killed_at(home, simulator, calls, number):
    """Kills a start at the `number`th of `calls`, then starts again. False when the first start was not killed."""
    paths = [option for path in (home.state, home.state / "default") for option in ("-P", path)]
    filters = paths if CALLS[calls] else []
    injection = f"inject={calls}:signal=KILL:when={number}"
    with traced(home, *filters, "-e", f"trace={calls}", "-e", injection) as process:
        was_killed = not until(home, ": token for ", process)
    where = f"{calls} {number}"
    before = simulator.calls("register")
    saved = home.saved_client()
    expect(len(before) <= 1, f"{where}: {len(before)} registrations")
    if before and saved is None:
        expect(ledger(home) and ledger(home)["unanswered"] == 1, f"{where}: registered, and no intent is on record")
    if saved:
        expect(saved == before[0]["client_id"], f"{where}: saved {saved}")
    home.log.write_text("")
    with ended(home.start()) as process:
        expect(until(home, ": token for ", process), f"{where}: no token after the restart: {home.log.read_text()}")
        after = len(simulator.calls("register")) - len(before)
        expect(after == (0 if saved else 1), f"{where}: {after} registrations after the restart, {saved} was saved")
        # The answer is on record soon after the token is asked for; one that was cut off before is no matter any more.
        # The end waits for what is being written.
        deadline = time.monotonic() + 10
        while not saved and ledger(home)["unanswered"] != 0:
            expect(time.monotonic() < deadline, f"{where}: {ledger(home)}")
            time.sleep(0.01)
        process.terminate()
        process.wait(10)
    names = sorted(path.name for path in (home.state / "default").iterdir())
    expect(not [name for name in names if name.endswith(".tmp")], f"{where}: left behind: {names}")
    return was_killed, bool(before) and saved is None


def system_calls(directory, _):
    """kill -9 before each system call by which a registration touches the disk or the server."""
    require("strace")

    def all_of(calls):
        simulator = Simulator()
        with ended(simulator.process):
            killed = wasted = 0
            while True:
                home = Home(directory / f"{calls.split(',')[0]}-{killed}", simulator.url)
                counter = Counted(simulator)
                was_killed, was_wasted = killed_at(home, counter, calls, killed + 1)
                if not was_killed:
                    return calls, killed, wasted
                killed += 1
                wasted += was_wasted
                expect(killed < 200, f"{calls}: killed 200 times and no end")

    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(all_of, CALLS))
    killed = {calls: count for calls, count, _ in rows}
    for calls in ("openat", "write", "fsync", "renameat,renameat2", "mkdirat", "connect"):
        expect(killed[calls] >= 1, f"never killed at {calls}: this was no test")
    total, wasted = sum(killed.values()), sum(row[2] for row in rows)
    expect(wasted >= 3, f"{wasted} registrations cut off: this was no test")
    counts = ", ".join(f"{calls.split(',')[0]} {count}" for calls, count in killed.items() if count)
    return f"{total} kills ({counts}), {wasted} registrations wasted, none twice"


class Counted:
    """The calls of a simulator since this was made."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.seen = {endpoint: len(simulator.calls(endpoint)) for endpoint in ("register", "token")}

    def calls(self, endpoint):
        return self.simulator.calls(endpoint)[self.seen[endpoint] :]


# Each fails a few times: for each thread of the daemon, so that the disk is well again only without strace.
DISKS = {
    "full at openat": ("openat", "ENOSPC", "1..3", ["default"]),
    "full at write": ("renameat,renameat2", "ENOSPC", "1..3", ["default"]),
    "read-only": ("mkdirat", "EROFS", "1..3", ["state"]),
    "forbidden": ("mkdirat", "EACCES", "1..3", ["state"]),
    "broken at fsync": ("fsync", "EIO", "1..4", []),
    "broken at rename": ("renameat,renameat2", "EIO", "1..3", ["default"]),
}


class Daemon:
    """A daemon that is not our child."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        return None if Path(f"/proc/{self.pid}").exists() else 0


@contextmanager
def well_again(strace):
    """What strace runs, without it from here on."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(strace.pid)], capture_output=True, text=True)
    daemon = Daemon(int(children.stdout))
    strace.kill()
    strace.wait()
    try:
        yield daemon
    finally:
        os.kill(daemon.pid, 9)


def disks(directory, _):
    """A disk that takes nothing for a while stops nothing, and loses nothing once it is well again."""
    require("strace")

    def row(name):
        calls, error, when, paths = DISKS[name]
        simulator = Simulator()
        home = Home(directory / name.replace(" ", "-"), simulator.url)
        home.state.mkdir(mode=0o700)
        directories = {"state": home.state, "default": home.state / "default"}
        filters = [option for path in paths for option in ("-P", directories[path])]
        injection = f"inject={calls}:error={error}:when={when}"
        with ended(simulator.process):
            with traced(home, *filters, "-e", f"trace={calls}", "-e", injection) as process:
                expect(until(home, ": token for ", process), f"{name}: no token: {home.log.read_text()}")
                reply, _ = Asker(home.socket).ask()
                expect("access_token" in reply, f"{name}: {reply}")
                until(home, "used from memory and written as soon as that is possible", process)
                expect(status(home)["state_durable"] is False, f"{name}: {status(home)}")
                with well_again(process) as daemon:
                    until(home, "everything is on disk again", daemon, 90)
                    expect(status(home)["state_durable"] is True, f"{name}: {status(home)}")
                text = home.log.read_text()
                expect(text.count("used from memory") == 1, f"{name}: said more than once: {text}")
            home.log.write_text("")
            with ended(home.start()) as process:
                expect(until(home, ": token for ", process), f"{name}: no token after the restart")
            expect(len(simulator.calls("register")) == 1, f"{name}: registered again after the restart")

    with ThreadPoolExecutor(len(DISKS)) as pool:
        list(pool.map(row, DISKS))
    return f"{', '.join(DISKS)}: a token from memory, one entry, and nothing lost afterwards"


def status(home):
    with Asker(home.socket).socket as connection:
        connection.sendall(b'{"op":"status"}\n')
        return json.loads(connection.makefile("rb").readline())["profiles"][0]


def clocks(directory, _):
    """The wall clock of a real daemon is stepped by a day and by ten years, to and fro."""
    require("cc")
    library = directory / "wallclock.so"
    source = Path(__file__).with_name("wallclock.c")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    simulator = Simulator()
    home = Home(directory / "clocks", simulator.url)
    with open(home.path / "shift", "w+b") as file:
        file.write(bytes(8))
        file.flush()
        shift = mmap.mmap(file.fileno(), 8)
    wrapper = ["env", f"LD_PRELOAD={library}", f"WALLCLOCK_SHIFT={home.path}/shift"]

    def set_clock(offset):
        shift[:8] = struct.pack("=q", offset)

    day, decade = 86_400, 315_576_000
    with ended(simulator.process), traced(home, wrapper=wrapper) as process:
        expect(until(home, ": token for ", process), f"no token: {home.log.read_text()}")
        asker = Asker(home.socket)
        first = asker.ask()[0]
        offset, requests = 0, len(simulator.calls("token"))
        for step in (-day, day, -decade, decade):
            offset += step
            set_clock(offset)
            reply = asker.ask()[0]
            expect(reply.get("access_token") == first["access_token"], f"stepped by {step}: {reply}")
            expect(reply["expires_in"] <= first["expires_in"], f"stepped by {step}: the token's life is longer")
        expect(len(simulator.calls("token")) == requests, "a step back cost a call")
        for step in (day, decade):
            if offset:
                # What clients cause comes once in 30 s at most.
                time.sleep(31)
            before = asker.ask()[0]
            offset += step
            set_clock(offset)
            reply = asker.ask()[0]
            expect("access_token" in reply, f"stepped by {step}: {reply}")
            expect(reply["access_token"] != before["access_token"], f"stepped by {step}: the old token is served")
        expect(len(simulator.calls("register")) == 1, "registered again")
        return f"{len(simulator.calls('token'))} token requests, one registration"


def uptime(directory, _):
    """CLOCK_BOOTTIME of ten years, then of a fresh boot: what is kept depends on neither."""
    namespace = ["unshare", "--time", "--fork", "--kill-child"]
    if subprocess.run([*namespace, "--boottime", "9", "true"], capture_output=True).returncode:
        raise Skipped("this user or this kernel has no time namespaces")
    simulator = Simulator()
    home = Home(directory / "uptime", simulator.url)
    with ended(simulator.process):
        for offset in (315_576_000, 604_800, 0):
            with traced(home, wrapper=[*namespace, "--boottime", str(offset), "--monotonic", str(offset)]) as process:
                expect(until(home, ": token for ", process), f"no token: {home.log.read_text()}")
                reply = Asker(home.socket).ask()[0]
                expect(21_590 <= reply["expires_in"] <= 21_600, f"{reply}")
            home.log.write_text("")
        expect(len(simulator.calls("register")) == 1, "registered again")
        return "one registration over three boots"


def occurrences(pid, words):
    """How often each word lies in the memory of a process."""
    found = {name: 0 for name in words}
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for fields in map(str.split, maps):
            if "r" not in fields[1] or fields[-1] in ("[vvar]", "[vvar_vclock]", "[vsyscall]"):
                continue
            begin, end = (int(word, 16) for word in fields[0].split("-"))
            try:
                memory.seek(begin)
                data = memory.read(end - begin)
            except OSError:
                continue
            for name, word in words.items():
                found[name] += data.count(word.encode())
    return found


def secrets(directory, _):
    """What lies in the daemon's memory of its secrets: tokens of five seconds, asked for in every way and turned down."""
    if os.geteuid():
        raise Skipped("only root may read the memory of such a process")
    simulator = Simulator("--lifetime", "5")
    home = Home(directory / "secrets", simulator.url)
    with ended(simulator.process), ended(home.start()) as daemon:
        expect(until(home, ": token for ", daemon), f"no token: {home.log.read_text()}")
        asker, watcher = Asker(home.socket), Asker(home.socket)
        watcher.socket.sendall(b'{"op":"watch","id":"%s"}\n' % (b"w" * 3000))
        first = asker.ask()[0]["access_token"]
        for _ in range(20):
            requests = [{"op": "token"}, {"op": "token", "id": "x" * 40}, {"op": "token", "wait": 1, "id": 7}]
            asker.socket.sendall(b"".join(json.dumps(request).encode() + b"\n" for request in requests))
            for _ in requests:
                asker.lines.readline()
        second = first
        while second == first:
            asker.socket.sendall(json.dumps({"op": "renew", "rejected": first, "wait": 10}).encode() + b"\n")
            second = json.loads(asker.lines.readline()).get("access_token", first)
        while (third := asker.ask()[0].get("access_token", second)) in (first, second):
            time.sleep(0.05)
        # Whatever it does with the third one, it has done.
        time.sleep(0.5)
        client = json.loads(next(home.state.glob("default/client-*.json")).read_text())
        words = {"expired token": first, "expired second": second, "token": third}
        words |= {"client secret": client["client_secret"], "statement": STATEMENT}
        found = occurrences(daemon.pid, words)
        most = {"expired token": 0, "expired second": 0, "token": 4, "client secret": 1, "statement": 1}
        expect(all(found[name] <= most[name] for name in most), f"found {found}, expected at most {most}")
        return ", ".join(f"{name} {count}" for name, count in found.items())


CASES = (order, system_calls, disks, clocks, uptime, secrets)
