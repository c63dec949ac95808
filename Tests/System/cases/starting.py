"""READY=1 and STATUS=, the first registration."""

import os

from harness.suite import case, eventually, expect, expect_equal
from support import broker
from support.host import Journal, is_active, show, systemctl
from support.simulator import simulator


@case("start: registers once, asks for one token, and is ready")
def _():
    broker.reset()
    calls, journal = simulator.calls_from_now(), Journal()
    broker.start()
    expect(is_active(), "the unit is not active")
    expect_equal(calls.both(), (1, 1), "registrations, token requests")
    for event in ("registered", "token_obtained", "started", "ready"):
        journal.wait_for(event)
    status = show("StatusText")
    expect(status.startswith("default: token for "), f"STATUS= is {status!r}")
    expect_equal(simulator.report()["violations"], [], "violations of the protocol")


@case("start: not ready before there is a token; STATUS= says what it waits for")
def _():
    broker.reset(startup={"wait": 60})
    simulator.faults("token", then={"status": 503})
    systemctl("start", "--no-block", "bearerd.service")
    journal = Journal()
    journal.wait_for("renewal_failed")
    expect_equal(show("ActiveState"), "activating", "state without a token")
    status = show("StatusText")
    expect("default" in status and "token for" not in status, f"STATUS= is {status!r}")
    simulator.faults("token")
    eventually(is_active, "ready once there is a token", within=40)


@case("start: ready without a token when startup.wait is over")
def _():
    broker.reset(startup={"wait": 1})
    simulator.faults("token", then={"status": 503})
    journal = Journal()
    broker.start()
    journal.wait_for("startup_wait_over")
    expect_equal(broker.ask(op="token", wait=0)["error"], "temporarily_unavailable", "reply without a token")
    simulator.faults("token")


@case("start: a network that comes later is waited for")
def _():
    broker.reset(startup={"wait": 60})
    simulator.kill()
    journal = Journal()
    systemctl("start", "--no-block", "bearerd.service")
    journal.wait_for("registration_failed")
    expect_equal(show("ActiveState"), "activating", "state without a network")
    simulator.start()
    eventually(is_active, "ready once there is a network", within=60)


@case("start: a refused profile beside a good one does not hold it up")
def _():
    profiles = {"default": {}, "other": {}}
    broker.reset(startup={"wait": 60}, profiles=profiles)
    simulator.faults("register", {"error": "unapproved_software_statement"})
    journal = Journal()
    broker.start()
    journal.wait_for("ready")
    states = [profile["state"] for profile in broker.ask(op="status")["profiles"]]
    expect_equal(sorted(states), ["ready", "refused"], "states")


@case("start: a client that comes first starts the daemon and waits for its answer")
def _():
    broker.reset()
    systemctl("start", "bearerd.socket")
    expect(not is_active(), "the service runs already")
    broker.token()
    expect(is_active(), "the service does not run")


@case("start: state directory and files are the daemon's alone")
def _():
    broker.fresh()
    expect_equal(oct(os.stat(broker.STATE).st_mode & 0o777), "0o700", broker.STATE)
    for folder, folders, files in os.walk(broker.STATE):
        for name, mode in [(name, 0o700) for name in folders] + [(name, 0o600) for name in files]:
            path = os.path.join(folder, name)
            expect_equal(oct(os.lstat(path).st_mode & 0o7777), oct(mode), path)
