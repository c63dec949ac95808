"""What a restart costs: nothing."""

import os
from contextlib import contextmanager

from harness.daemon import CANARY, STATEMENT
from harness.suite import case, eventually, expect, expect_equal, say
from cases.installing import install
from support import broker
from support.host import Journal, drop_in, is_active, pid, remove_drop_in, run, show, systemctl, systemd_version
from support.load import Load
from support.simulator import lifetime, simulator


STORE = "/mnt/repository/Tests/System/support/store.py"


def expect_no_calls(calls):
    expect_equal(calls.both(), (0, 0), "registrations, token requests")


def calls_of_stop_and_start():
    """Token requests of one profile: FileDescriptorStorePreserve=yes spares them."""
    return 0 if systemd_version() >= 254 else 1


def kill():
    """SIGKILL, and the daemon that systemd starts instead."""
    before = pid()
    systemctl("kill", "--signal=SIGKILL", "bearerd.service")
    eventually(lambda: pid() not in (0, before) and is_active(), "running again")


@contextmanager
def read_only_state():
    """An empty state directory on a disk that takes nothing."""
    # The first start makes it.
    broker.fresh()
    broker.reset()
    owner = os.stat(broker.STATE)
    options = f"mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    run("mount", "-t", "tmpfs", "-o", options, "state", broker.STATE)
    try:
        run("mount", "-o", "remount,ro", broker.STATE)
        yield
    finally:
        broker.stop()
        run("umount", broker.STATE)


@case("restart: the same token, no call upstream")
def _():
    broker.fresh()
    token, calls = broker.token(), simulator.calls_from_now()
    systemctl("restart", "bearerd.service")
    expect_equal(broker.token() == token, True, "the same token")
    expect_no_calls(calls)


@case("restart: a stored token counts for READY=1 even when the server is away")
def _():
    broker.fresh(startup={"wait": 60})
    simulator.kill()
    systemctl("restart", "bearerd.service", timeout=5)
    simulator.start()


@case("restart: SIGKILL costs no call upstream either")
def _():
    broker.fresh()
    token, calls = broker.token(), simulator.calls_from_now()
    kill()
    expect_equal(broker.token() == token, True, "the same token")
    expect_no_calls(calls)


@case("restart: an upgrade of the binary costs no call upstream")
def _():
    broker.fresh()
    token, calls = broker.token(), simulator.calls_from_now()
    install()
    systemctl("restart", "bearerd.service")
    expect_equal(broker.token() == token, True, "the same token")
    expect_no_calls(calls)


@case("restart: a stranger's descriptor in the store is dropped, and the token is taken back beside it")
def _():
    broker.reset()
    stores = [f"ExecStartPost=/usr/bin/python3 {STORE} {name}\n" for name in ("token-default-9", "stranger")]
    drop_in("store", "[Service]\nNotifyAccess=all\n" + "".join(stores))
    broker.start()
    expect_equal(show("NFileDescriptorStore"), "3", "descriptors in the store")
    token, calls, journal = broker.token(), simulator.calls_from_now(), Journal()
    remove_drop_in("store")
    systemctl("restart", "bearerd.service")
    expect_equal(len(journal.entries("BEARERD_EVENT=stored_token_dropped")), 2, "dropped descriptors")
    expect_equal(broker.token() == token, True, "the same token")
    eventually(lambda: show("NFileDescriptorStore") == "1", "the store holds one descriptor")
    expect_no_calls(calls)


@case("restart: without a store it is the same daemon, one token request more")
def _():
    broker.reset()
    drop_in("store", "[Service]\nFileDescriptorStoreMax=0\n")
    broker.start()
    calls = simulator.calls_from_now()
    systemctl("restart", "bearerd.service")
    broker.token()
    expect_equal(calls.both(), (0, 1), "registrations, token requests")
    remove_drop_in("store")


@case("restart: a state directory that is read-only from the start costs one registration in all, and no token")
def _():
    with read_only_state():
        calls, journal = simulator.calls_from_now(), Journal()
        broker.start()
        token = broker.token()
        expect(journal.wait_for("state_not_durable", BEARERD_PROFILE="default"), "no entry")
        for _ in range(2):
            systemctl("restart", "bearerd.service")
            expect_equal(broker.token() == token, True, "the same token")
        expect_equal(os.listdir(broker.STATE), [], "files in the state directory")
        expect_equal(show("NFileDescriptorStore"), "3", "token, credentials and history in the store")
        run("mount", "-o", "remount,rw", broker.STATE)
        systemctl("restart", "bearerd.service")
        expect(journal.wait_for("state_durable", BEARERD_PROFILE="default"), "no entry")
        eventually(lambda: show("NFileDescriptorStore") == "1", "the store holds the token alone")
        systemctl("stop", "bearerd.service")
        systemctl("start", "bearerd.service")
        broker.token()
        expect_equal(calls.both(), (1, 1 + calls_of_stop_and_start()), "registrations, token requests")


@case("restart: twenty in a row, and the store holds one token")
def _():
    broker.fresh()
    calls = simulator.calls_from_now()
    for _ in range(20):
        systemctl("restart", "bearerd.service")
    expect_no_calls(calls)
    expect_equal(show("NFileDescriptorStore"), "1", "descriptors in the store")


@case("restart: renewals replace one another in the store, and the newest is taken back")
def _():
    with lifetime(6):
        broker.fresh()
        with broker.client() as watcher:
            generation = watcher.ask(op="watch")["generation"]
            for expected in (generation + 1, generation + 2):
                expect_equal(watcher.reply()["generation"], expected, "generation")
        eventually(lambda: show("NFileDescriptorStore") == "1", "the store holds one descriptor")
        token, calls = broker.token(), simulator.calls_from_now()
        systemctl("restart", "bearerd.service")
        expect_equal(broker.token() == token or calls.count("token") == 1, True, "the same token, or its renewal")
        expect_equal(calls.count("register"), 0, "registrations")


@case("restart: another statement leaves nothing of the old token in the store")
def _():
    broker.fresh()
    old, journal = broker.token(), Journal()
    broker.provide_statement(STATEMENT.replace(CANARY, "YW5vdGhlci1vbmU"))
    systemctl("restart", "bearerd.service")
    expect(broker.token() != old, "the old statement's token is served")
    expect(journal.wait_for("stored_token_dropped", BEARERD_PROFILE="default"), "no entry")
    eventually(lambda: show("NFileDescriptorStore") == "1", "the store holds one descriptor")


@case("restart: stop and start register nothing, and since systemd 254 keep the token")
def _():
    broker.fresh()
    token, calls, expected = broker.token(), simulator.calls_from_now(), calls_of_stop_and_start()
    systemctl("stop", "bearerd.service")
    systemctl("start", "bearerd.service")
    expect_equal(broker.token() == token, expected == 0, "the same token")
    expect_equal(calls.both(), (0, expected), "registrations, token requests")


@case("restart: a client that comes while the daemon is down waits for its answer")
def _():
    broker.fresh()
    systemctl("stop", "bearerd.service")
    with broker.client() as one:
        expect("access_token" in one.ask(op="token"), "no token")


@case("restart: 100 times under the load of 50 clients that reconnect once: no failure, no call upstream")
def _():
    broker.fresh()
    calls, journal = simulator.calls_from_now(), Journal()
    with Load(clients=50) as load:
        for _ in range(100):
            systemctl("restart", "bearerd.service")
    expect_equal(load.failures[:3], [], f"{len(load.failures)} failed of {load.answers}")
    expect_equal(journal.events().count("stop_cut_short"), 0, "ends that were cut short")
    expect_no_calls(calls)
    say(f"{load.answers} answers, the slowest after {load.longest:.2f} s")


@case("restart: killed ten times under load: no failure, no call upstream")
def _():
    broker.fresh()
    calls = simulator.calls_from_now()
    with Load(clients=50) as load:
        for _ in range(10):
            kill()
            # Clients that were cut off are connected again before the next blow: they reconnect once a request.
            answers = load.answers
            eventually(lambda: load.answers > answers + 500, "clients are answered")
    expect_equal(load.failures[:3], [], f"{len(load.failures)} failed of {load.answers}")
    expect_no_calls(calls)
