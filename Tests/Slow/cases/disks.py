"""A disk that takes nothing for a while."""

from concurrent.futures import ThreadPoolExecutor

from harness.daemon import Daemon
from harness.simulator import Simulator
from harness.suite import case, expect, require
from support.strace import TOKEN, end_strace, traced

# The disk is well again only without strace.
DISKS = {
    "full at openat": ("openat", "ENOSPC", "state/default"),
    "full at write": ("renameat,renameat2", "ENOSPC", "state/default"),
    "read-only": ("mkdirat", "EROFS", "state"),
    "forbidden": ("mkdirat", "EACCES", "state"),
    "broken at fsync": ("fsync", "EIO", None),
    "broken at rename": ("renameat,renameat2", "EIO", "state/default"),
}


def fail(name):
    calls, error, path = DISKS[name]
    simulator = Simulator()
    daemon = Daemon(simulator)
    daemon.state.mkdir(mode=0o700)

    def expect_durable(expected):
        status = daemon.ask(op="status")["profiles"][0]
        expect(status["state_durable"] is expected, f"{name}: {status}")

    paths = [daemon.directory / path] if path else []
    with traced(daemon, calls, paths=paths, inject=f"error={error}:when=1+"):
        daemon.said(TOKEN, 40)
        reply = daemon.ask(op="token")
        expect("access_token" in reply, f"{name}: {reply}")
        daemon.said("used from memory and written as soon as that is possible", 40)
        expect_durable(False)
        end_strace(daemon)
        daemon.said("everything is on disk again", 90)
        expect_durable(True)
        count = sum("used from memory" in line for line in daemon.lines())
        expect(count == 1, f"{name}: said {count} times: {daemon.lines()}")
    with daemon.start():
        daemon.said(TOKEN, 40)
    expect(len(simulator.calls("register")) == 1, f"{name}: registered again after the restart")


@case("disks: one that takes nothing for a while stops nothing, is told of once, and loses nothing afterwards")
def disks():
    require("strace")
    with ThreadPoolExecutor(len(DISKS)) as pool:
        list(pool.map(fail, DISKS))
