"""The software statement, plain or encrypted."""

import os

from harness.daemon import CANARY, STATEMENT
from harness.suite import case, expect, expect_equal
from support import broker
from support.host import remove_drop_in, run, systemctl
from support.simulator import simulator

ENCRYPTED = "/etc/credstore.encrypted/software_statement"


def encrypt():
    """The commands of the example, up to the drop-in."""
    broker.reset()
    run("install", "-d", "-m", "0700", "/etc/credstore.encrypted")
    run("systemd-creds", "encrypt", "--name=software_statement", broker.STATEMENT_FILE, ENCRYPTED)
    os.remove(broker.STATEMENT_FILE)


@case("statement: encrypted, by the example's commands")
def _():
    encrypt()
    example = "/usr/share/doc/bearerd/examples/encrypted-statement.conf"
    target = "/etc/systemd/system/bearerd.service.d/encrypted-statement.conf"
    run("install", "-D", "-m", "0644", example, target)
    systemctl("daemon-reload")
    broker.start()
    broker.token()
    with open(ENCRYPTED) as file:
        expect(CANARY not in file.read(), "the statement can be read")
    remove_drop_in("encrypted-statement")
    os.remove(ENCRYPTED)


@case("statement: another one registers anew, and the first one back serves its old credentials")
def _():
    broker.fresh()
    calls = simulator.calls_from_now()
    broker.provide_statement(STATEMENT.replace(CANARY, CANARY[::-1]))
    systemctl("restart", "bearerd.service")
    expect_equal(calls.both(), (1, 1), "registrations, token requests after a change")
    broker.provide_statement()
    systemctl("restart", "bearerd.service")
    expect_equal(calls.both(), (1, 2), "registrations, token requests after the change back")
