"""Clocks that are stepped, and boots."""

import mmap
import struct
import subprocess
import time
from pathlib import Path

from harness.client import Client
from harness.daemon import Daemon
from harness.programs import compiled
from harness.simulator import Simulator
from harness.suite import Skip, case, expect, require, say
from support.strace import TOKEN

DAY, DECADE = 86_400, 315_576_000


@case("clocks: the wall clock of a real daemon is stepped by a day and by ten years, to and fro")
def clocks():
    require("cc")
    library = compiled(Path(__file__).parents[1] / "wallclock.c")
    simulator = Simulator()
    daemon = Daemon(simulator)
    with open(daemon.directory / "shift", "w+b") as file:
        file.write(bytes(8))
        file.flush()
        shift = mmap.mmap(file.fileno(), 8)
    daemon.start(environment={"LD_PRELOAD": str(library), "WALLCLOCK_SHIFT": str(daemon.directory / "shift")})
    daemon.said(TOKEN, 40)
    offset = 0

    def step_clock(seconds):
        nonlocal offset
        offset += seconds
        shift[:8] = struct.pack("=q", offset)

    with Client(daemon.socket) as client:
        first = client.ask(op="token")
        requests = len(simulator.calls("token"))
        for step in (-DAY, DAY, -DECADE, DECADE):
            step_clock(step)
            reply = client.ask(op="token")
            expect(reply.get("access_token") == first["access_token"], f"stepped by {step}: {reply}")
            expect(reply["expires_in"] <= first["expires_in"], f"stepped by {step}: the token's life is longer")
        expect(len(simulator.calls("token")) == requests, "a step back cost a call")
        for step in (DAY, DECADE):
            if offset:
                # What clients cause comes once in 30 s at most.
                time.sleep(31)
            before = client.ask(op="token")
            step_clock(step)
            reply = client.ask(op="token")
            expect("access_token" in reply, f"stepped by {step}: {reply}")
            expect(reply["access_token"] != before["access_token"], f"stepped by {step}: the old token is served")
    expect(len(simulator.calls("register")) == 1, "registered again")
    say(f"{len(simulator.calls('token'))} token requests, one registration")


@case("uptime: CLOCK_BOOTTIME of ten years, then of a fresh boot: nothing that is kept depends on it")
def uptime():
    namespace = ["unshare", "--time", "--fork", "--kill-child"]
    if subprocess.run([*namespace, "--boottime", "9", "true"], capture_output=True).returncode:
        raise Skip("this user or this kernel has no time namespaces")
    simulator = Simulator()
    daemon = Daemon(simulator)
    for offset in (DECADE, 604_800, 0):
        with daemon.start(prefix=[*namespace, "--boottime", str(offset), "--monotonic", str(offset)]):
            daemon.said(TOKEN, 40)
            reply = daemon.ask(op="token")
            expect(21_590 <= reply["expires_in"] <= 21_600, f"{reply}")
    expect(len(simulator.calls("register")) == 1, "registered again")
