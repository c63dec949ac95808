"""What 4,096 connections that do their worst have the daemon hold."""

import hashlib
import json
import time

from harness import proc
from harness.client import Client
from harness.daemon import MEMORY, STATEMENT, Daemon
from harness.suite import case, eventually, expect, say, settled
from support.cgroup import Cgroup
from support.load import attackers

CONNECTIONS = 4096
LIMITS = "limits: {connections: 4100, connections_per_user: 4100, line_timeout: 60}"
MOST_MEGABYTES = 32
# In all, and with what the kernel keeps for them on the daemon's account.
MOST_OF_CGROUP = 128
# Connections and actions a second of each; those that come to rest by themselves have a rate that gets them there soon.
ATTACKS = [
    ("silent", CONNECTIONS, 1000),
    ("half-a-line", CONNECTIONS, 4000),
    ("line-and-a-half", CONNECTIONS, 4000),
    ("garbage", CONNECTIONS, 4000),
    ("megabyte", CONNECTIONS, 4000),
    ("pipeline", CONNECTIONS, 4000),
    ("deaf", CONNECTIONS, 8000),
    ("deaf-with-id", CONNECTIONS, 20000),
    ("watch", CONNECTIONS, 1000),
    ("watch-with-id", CONNECTIONS, 1000),
    ("deaf-status", CONNECTIONS, 4000),
    ("renew-nonsense", CONNECTIONS, 2000),
]
MIXED = [(name, CONNECTIONS // len(ATTACKS), rate / len(ATTACKS)) for name, _, rate in ATTACKS]
SECONDS = 3


def hold(daemon, name):
    """The profile may not register for an hour, because of earlier registrations that were never answered."""
    place = daemon.state / name
    place.mkdir(0o700, parents=True)
    server, digest = daemon.simulator.url, hashlib.sha256(STATEMENT.encode()).hexdigest()
    record = {"version": 1, "profile": name, "server": server, "statement_sha256": digest}
    record |= {"unanswered": 9, "last_intent_at": int(time.time())}
    key = hashlib.sha256(f"{server}\n{digest}".encode()).hexdigest()[:32]
    (place / f"registration-{key}.json").write_text(json.dumps(record))


def thousand(simulator, limits=LIMITS, prepare=lambda: None):
    """A daemon with a thousand profiles. `default` has a token, the registrations of the others are held: nobody waits for them."""
    others = [f"p{number:03}" for number in range(999)]
    profiles = {name: "" for name in ["default", *others]}
    # A thousand registrations on disk are better in memory.
    cgroup = Cgroup()
    enter = lambda: (cgroup.enter(), prepare())  # noqa: E731
    daemon = Daemon(simulator, limits + "\nstartup: {wait: 0}", profiles, place=MEMORY, prepare=enter)
    daemon.cgroup = cgroup
    for name in others:
        hold(daemon, name)
    daemon.started()
    expect("access_token" in daemon.ask(op="token", wait=30), "no token")
    return daemon


@case("memory: 4,096 connections doing their worst are held within bounds, and nothing is left of them")
def bounded(simulator):
    daemon = thousand(simulator)
    with Client(daemon.socket) as honest:
        eventually(lambda: honest.ask(op="status")["connections"] == 1, "only the honest one is left")
        # An exchange may still be about to end.
        descriptors = settled(lambda: proc.descriptors(daemon.pid), "the number of descriptors")
        before = proc.private_megabytes(daemon.pid)
        say(f"before: {before:.1f} MiB private, {descriptors} descriptors")
        if not daemon.cgroup.place:
            say("SKIPPED: the memory of the cgroup; there is none to be had here")
        worst, most_charged = 0, 0
        for attacks in [*([attack] for attack in ATTACKS), MIXED]:
            name = attacks[0][0] if len(attacks) == 1 else "all together"
            highest, charged, replies = 0, 0, 0
            with attackers(daemon, *attacks):
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    expect("access_token" in honest.ask(op="token"), f"{name}: no token for the honest client")
                    replies += 1
                    highest = max(highest, proc.private_megabytes(daemon.pid))
                    charged = max(charged, daemon.cgroup.held() if daemon.cgroup.place else 0)
                    time.sleep(0.1)
                open_ones = proc.descriptors(daemon.pid) - descriptors
            growth = highest - before
            worst, most_charged = max(worst, growth), max(most_charged, charged)
            say(f"{name}: {growth:+.1f} MiB with {open_ones} more descriptors, {charged:.1f} MiB in all with the kernel's")
            expect(charged < MOST_OF_CGROUP, f"{name}: {charged:.1f} MiB are charged to the daemon")
            expect(growth < MOST_MEGABYTES, f"{name}: private memory grew by {growth:.1f} MiB")
            eventually(
                lambda: honest.ask(op="status")["connections"] == 1 and proc.descriptors(daemon.pid) == descriptors,
                f"{name}: the descriptors come back",
                within=20,
            )
    say(f"the worst: {worst:+.1f} MiB, {most_charged:.1f} MiB in all with the kernel's")
    daemon.end()
