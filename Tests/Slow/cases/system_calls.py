"""kill -9 before each system call by which a registration touches the disk or the server."""

from concurrent.futures import ThreadPoolExecutor

from harness.daemon import Daemon
from harness.simulator import Simulator
from harness.suite import case, eventually, expect, require, say
from support.state import history, saved_client
from support.strace import TOKEN, traced

# Those that are looked at only where they concern the state directory; the others have so many elsewhere.
OF_STATE = ("mkdirat", "openat", "renameat,renameat2", "unlinkat", "linkat")
CALLS = ("mkdir", "mkdirat", "openat", "write", "fsync", "renameat,renameat2", "unlinkat", "linkat", "connect")
# A registration makes each of these.
CERTAIN = ("openat", "write", "fsync", "renameat,renameat2", "mkdirat", "connect")


def killed_at(daemon, calls, number):
    """Kills a start at the `number`th of `calls`, then starts again.

    Returns whether the first start was killed, and whether that wasted a registration.
    """
    where = f"{calls} {number}"
    made = daemon.simulator.calls_from_now()
    paths = (daemon.state, daemon.state / "default") if calls in OF_STATE else ()
    with traced(daemon, calls, paths=paths, inject=f"signal=KILL:when={number}"):
        eventually(lambda: daemon.has_ended() or daemon.line(TOKEN), f"{where}: the end, or a token", 40)
        was_killed = not daemon.line(TOKEN)
    before, saved = made.list("register"), saved_client(daemon)
    expect(len(before) <= 1, f"{where}: {len(before)} registrations")
    if before and saved is None:
        is_recorded = history(daemon) and history(daemon)["unanswered"] == 1
        expect(is_recorded, f"{where}: registered, and no intent is on record")
    if saved:
        expect(saved["client_id"] == before[0]["client_id"], f"{where}: saved {saved['client_id']}")
    with daemon.start():
        daemon.said(TOKEN, 40)
        after = len(made.list("register")) - len(before)
        expected = 0 if saved else 1
        expect(after == expected, f"{where}: {after} registrations after the restart, expected {expected}")
        # The answer is on record soon after the token is asked for; one that was cut off before is no matter any more.
        if not saved:
            eventually(lambda: history(daemon)["unanswered"] == 0, lambda: f"{where}: {history(daemon)}", 10)
        # The end waits for what is being written.
        daemon.end()
    names = sorted(path.name for path in (daemon.state / "default").iterdir())
    expect(not [name for name in names if name.endswith(".tmp")], f"{where}: left behind: {names}")
    return was_killed, bool(before) and saved is None


def kill_at_all(calls):
    """Returns how often a start was killed, and how many registrations were wasted."""
    killed = wasted = 0
    with Simulator(has_cut_off_calls=True) as simulator:
        while True:
            was_killed, was_wasted = killed_at(Daemon(simulator), calls, killed + 1)
            if not was_killed:
                return killed, wasted
            killed += 1
            wasted += was_wasted
            expect(killed < 200, f"{calls}: killed 200 times and no end")


@case("system_calls: killed before any of a registration, a start wastes one registration at most, and none twice")
def system_calls():
    require("strace")
    with ThreadPoolExecutor(2) as pool:
        rows = dict(zip(CALLS, pool.map(kill_at_all, CALLS)))
    for calls in CERTAIN:
        expect(rows[calls][0] >= 1, f"never killed at {calls}: this was no test")
    total, wasted = (sum(row[column] for row in rows.values()) for column in (0, 1))
    expect(wasted >= 3, f"{wasted} registrations cut off: this was no test")
    counts = ", ".join(f"{calls.split(',')[0]} {killed}" for calls, (killed, _) in rows.items() if killed)
    say(f"{total} kills ({counts}), {wasted} registrations wasted")
