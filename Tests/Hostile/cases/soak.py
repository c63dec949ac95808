"""A million connections: what is open and held afterwards is what was after the first thousand."""

import os
import subprocess

from harness import proc
from harness.daemon import Daemon
from harness.programs import compiled
from harness.suite import case, eventually, expect, say, settled
from support.load import PROGRAMS

WARM, REQUESTS_EACH = 1000, 10
CONNECTIONS = int(os.environ.get("SOAK_CONNECTIONS", 100_000))


def use(daemon, connections):
    """Returns the seconds that it took, then descriptors, private and resident MiB of the daemon."""
    soak = compiled(PROGRAMS / "soak.c")
    result = subprocess.run([soak, daemon.socket, str(connections)], capture_output=True, text=True)
    expect(result.returncode == 0, f"after some of {connections} connections: {result.stderr}")
    eventually(lambda: daemon.ask(op="status")["connections"] == 1, "the connections are closed")
    descriptors = settled(lambda: proc.descriptors(daemon.pid), "the number of descriptors")
    return float(result.stdout), descriptors, proc.private_megabytes(daemon.pid), proc.memory(daemon.pid)["Rss"] / 1024


@case("soak: descriptors and memory are the same after any number of connections")
def soak(simulator):
    daemon = Daemon(simulator).started()
    _, descriptors, private, resident = use(daemon, WARM)
    say(f"after {WARM} connections: {descriptors} descriptors, {private:.2f} MiB private, {resident:.2f} MiB resident")
    seconds, after, private_after, resident_after = use(daemon, CONNECTIONS)
    requests = CONNECTIONS * REQUESTS_EACH
    say(
        f"after {CONNECTIONS} more, {requests} requests in {seconds:.0f} s: {after} descriptors, "
        f"{private_after:.2f} MiB private, {resident_after:.2f} MiB resident"
    )
    expect(after == descriptors, f"{descriptors} descriptors before, {after} afterwards")
    expect(private_after < private + 1, f"private memory grew from {private:.2f} to {private_after:.2f} MiB")
    expect(len(simulator.calls("token")) == 1, "clients caused token requests")
    daemon.end()
