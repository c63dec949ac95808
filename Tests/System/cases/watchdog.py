"""WATCHDOG=1 comes from the loop that serves clients and from nowhere else."""

import subprocess

from harness.suite import case, eventually, expect, expect_equal
from support import broker
from support.host import drop_in, is_active, pid, remove_drop_in, show
from support.simulator import simulator

STALL = "/mnt/repository/Tests/System/support/stall.py"


def watched():
    broker.reset()
    drop_in("watchdog", "[Service]\nWatchdogSec=2\n")
    broker.start()


@case("watchdog: a stalled serving loop is restarted, without a call upstream")
def _():
    watched()
    token, calls, before = broker.token(), simulator.calls_from_now(), pid()
    stall = subprocess.Popen(["python3", STALL, str(before), "serving-loop"], stdout=subprocess.PIPE, text=True)
    expect(stall.stdout.readline().startswith("stalled"), "the loop could not be stalled")
    eventually(lambda: pid() not in (0, before) and is_active(), "running again")
    stall.wait(timeout=10)
    expect_equal(show("NRestarts"), "1", "restarts")
    expect_equal(broker.token() == token, True, "the same token")
    expect_equal(calls.both(), (0, 0), "registrations, token requests")
    remove_drop_in("watchdog")


@case("watchdog: a loop that is well is heard again and again")
def _():
    watched()
    before = pid()
    heard = set()

    def hear():
        heard.add(show("WatchdogTimestampMonotonic"))
        return len(heard) > 4

    eventually(hear, "four signs of life")
    expect_equal((pid(), show("NRestarts")), (before, "0"), "pid, restarts")
    remove_drop_in("watchdog")
