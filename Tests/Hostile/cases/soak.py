"""A million connections: what is open and held afterwards is what was after the first thousand."""

import os
import subprocess

from support.daemon import Daemon, eventually
from support.load import PROGRAMS
from support.suite import case, expect, say

WARM, REQUESTS_EACH = 1000, 10
CONNECTIONS = int(os.environ.get("SOAK_CONNECTIONS", 100_000))


def use(daemon, connections):
    result = subprocess.run(
        [PROGRAMS.path("soak"), daemon.socket, str(connections)], capture_output=True, text=True
    )
    expect(result.returncode == 0, f"after some of {connections} connections: {result.stderr}")
    eventually("the connections are closed", lambda: daemon.ask(op="status")["connections"] == 1)
    return float(result.stdout)


@case("soak: descriptors and memory are the same after any number of connections")
def soak(simulator):
    daemon = Daemon(simulator).started()
    use(daemon, WARM)
    descriptors, (private, resident) = daemon.settled_descriptors(), daemon.memory()
    say(f"after {WARM} connections: {descriptors} descriptors, {private:.2f} MiB private, {resident:.2f} MiB resident")
    seconds = use(daemon, CONNECTIONS)
    after, (private_after, resident_after) = daemon.settled_descriptors(), daemon.memory()
    requests = CONNECTIONS * REQUESTS_EACH
    say(
        f"after {CONNECTIONS} more, {requests} requests in {seconds:.0f} s: {after} descriptors, "
        f"{private_after:.2f} MiB private, {resident_after:.2f} MiB resident"
    )
    expect(after == descriptors, f"{descriptors} descriptors before, {after} afterwards")
    expect(private_after < private + 1, f"private memory grew from {private:.2f} to {private_after:.2f} MiB")
    expect(len(simulator.calls("token")) == 1, "clients caused token requests")
    daemon.end()
