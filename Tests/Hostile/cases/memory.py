"""What 4,096 connections that do their worst have the daemon hold."""

import time

from support.daemon import Client, Daemon, eventually
from support.load import attackers
from support.suite import case, expect, say

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


def thousand(simulator, limits=LIMITS, **options):
    """A daemon with a thousand profiles. `default` has a token, the registrations of the others are held: nobody waits for them."""
    others = [f"p{number:03}" for number in range(999)]
    profiles = {name: "" for name in ["default", *others]}
    daemon = Daemon(simulator, limits + "\nstartup: {wait: 0}", profiles, held=others, **options).started()
    expect("access_token" in daemon.ask(op="token", wait=30), "no token")
    return daemon


@case("memory: 4,096 connections doing their worst are held within bounds, and nothing is left of them")
def bounded(simulator):
    daemon = thousand(simulator)
    with Client(daemon.socket) as honest:
        eventually("only the honest one is left", lambda: honest.ask(op="status")["connections"] == 1)
        descriptors, (before, _) = daemon.descriptors(), daemon.memory()
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
                    highest = max(highest, daemon.memory()[0])
                    charged = max(charged, daemon.cgroup.held() if daemon.cgroup.place else 0)
                    time.sleep(0.1)
                open_ones = daemon.descriptors() - descriptors
            growth = highest - before
            worst, most_charged = max(worst, growth), max(most_charged, charged)
            say(f"{name}: {growth:+.1f} MiB with {open_ones} more descriptors, {charged:.1f} MiB in all with the kernel's")
            expect(charged < MOST_OF_CGROUP, f"{name}: {charged:.1f} MiB are charged to the daemon")
            expect(growth < MOST_MEGABYTES, f"{name}: private memory grew by {growth:.1f} MiB")
            eventually(
                f"{name}: the descriptors come back",
                lambda: honest.ask(op="status")["connections"] == 1 and daemon.descriptors() == descriptors,
            )
    say(f"the worst: {worst:+.1f} MiB, {most_charged:.1f} MiB in all with the kernel's")
    daemon.end()
