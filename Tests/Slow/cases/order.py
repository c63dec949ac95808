"""Nothing is used before a power cut could not take it away any more."""

import re

from harness.daemon import Daemon
from harness.simulator import Simulator
from harness.suite import case, expect, require
from support.strace import TOKEN, traced


def durable(name):
    return [("create", name), ("fsync", name), ("rename", name), ("fsync", "directory")]


EXPECTED = [("fsync", "state"), *durable("registration"), ("connect", "server"), *durable("client")]


def step(line, port):
    """What a line of strace's output means; None when it means nothing here."""
    if found := re.search(r'openat\([^"]*, "\.((?:client|registration)-[^"]*json)\.\w+\.tmp".*O_CREAT', line):
        return "create", found[1].split("-")[0]
    if found := re.search(r"fsync\(\d+<[^>]*/\.(client|registration)-[^>]*\.tmp>\) += 0", line):
        return "fsync", found[1]
    if found := re.search(r'rename.*/default>.*"(client|registration)-[^"]*\.json"(?:, 0)?\) += 0', line):
        return "rename", found[1]
    if re.search(r"fsync\(\d+<[^>]*/default>\) += 0", line):
        return "fsync", "directory"
    if re.search(r"fsync\(\d+<[^>]*/state>\) += 0", line):
        return "fsync", "state"
    return ("connect", "server") if f"htons({port})" in line else None


@case("order: intent, registration, credentials, token: each is durable before what follows")
def order():
    require("strace")
    simulator = Simulator()
    daemon = Daemon(simulator)
    with traced(daemon, "openat,fsync,renameat,renameat2,connect", "-y"):
        daemon.said(TOKEN, 40)
    lines = (daemon.directory / "trace").read_text().splitlines()
    port = simulator.url.split(":")[-1]
    steps = [found for line in lines if (found := step(line, port))]
    begin, rest = steps[: len(EXPECTED)], steps[len(EXPECTED) :]
    expect(begin == EXPECTED, f"found {steps}")
    # The token request and the note that the registration was answered may come in any order.
    expect(("connect", "server") in rest, f"no token request after that: {steps}")
