"""Exit 78: what only this host can mend."""

import os
import re
import threading

from harness.suite import case, eventually, expect, expect_equal
from support import broker
from support.host import UNITS, Journal, is_active, run, show, systemctl
from support.simulator import simulator


def start_with_a_client_waiting():
    """Starts the sockets and has a client ask; returns how it ended."""
    outcome = []

    def ask():
        try:
            with broker.client() as one:
                outcome.append(one.ask(op="token"))
        except (OSError, EOFError) as error:
            outcome.append(error)

    systemctl("start", "bearerd.socket", "bearerd-credential.socket")
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(timeout=30)
    expect(outcome, "the client still waits")
    return outcome[0]


def expect_exit_78(what):
    calls, journal = simulator.calls_from_now(), Journal()
    outcome = start_with_a_client_waiting()
    expect(not isinstance(outcome, dict), f"the client was answered {outcome!r}")
    expect_equal((show("Result"), show("ExecMainStatus")), ("exit-code", "78"), "result and status")
    expect_equal(show("NRestarts"), "0", "restarts")
    starts = journal.entries("BEARERD_EVENT=start_failed")
    expect_equal(len(starts), 1, "starts")
    expect(what in starts[0]["MESSAGE"], f"the journal does not say {what!r}: {starts[0]['MESSAGE']}")
    expect_equal(calls.both(), (0, 0), "registrations, token requests")
    return starts[0]["MESSAGE"]


def expect_three_units_again():
    systemctl("start", "bearerd.service")
    expect_equal([is_active(unit) for unit in UNITS], [True] * 3, "all three units")
    broker.token()


@case("exit 78: a missing statement: one start, no call upstream, the client is let go, one command mends it")
def _():
    broker.reset()
    os.remove(broker.STATEMENT_FILE)
    message = expect_exit_78("software_statement")
    broker.provide_statement()
    # The entry's own words.
    command = re.search(r"^When that is mended: (systemctl .*)$", message, re.MULTILINE)
    expect(command, f"no command in {message!r}")
    run("sh", "-c", command[1])
    expect_equal([is_active(unit) for unit in UNITS], [True] * 3, "all three units")
    broker.token()


@case("exit 78: a damaged configuration, with its place")
def _():
    broker.reset(lod_level="info")
    message = expect_exit_78("log_level")
    expect(f"{broker.CONFIGURATION}:" in message, f"no file and line in {message!r}")
    broker.configure()
    expect_three_units_again()


@case("exit 78: systemctl start fails and says how")
def _():
    broker.reset(lod_level="info")
    result = systemctl("start", "bearerd.service", check=False)
    expect_equal(result.returncode, 1, "exit code of systemctl start")
    expect("failed because" in result.stderr, f"systemctl says {result.stderr!r}")
    eventually(lambda: not is_active("bearerd.socket"), "the sockets are stopped")
    broker.configure()
    expect_three_units_again()


@case("exit 75: a second daemon on the same state directory")
def _():
    broker.fresh()
    second = ["/usr/bin/bearerd", f"--state-directory={broker.STATE}", "--socket=/run/second.sock"]
    environment = ["--property=User=bearerd", "--property=LoadCredential=software_statement"]
    systemd_run = ["systemd-run", "--wait", "--quiet", "--collect", *environment, *second]
    expect_equal(run(*systemd_run, check=False).returncode, 75, "exit code")


@case("exit: a crash at every start does not lose the sockets")
def _():
    broker.fresh()
    expect_equal(show("Restart"), "on-failure", "Restart=")
    for _ in range(6):
        before = int(show("NRestarts"))
        systemctl("kill", "--signal=SIGKILL", "bearerd.service")
        eventually(lambda: int(show("NRestarts")) > before and is_active(), "running again")
    expect_equal([is_active(unit) for unit in UNITS], [True] * 3, "all three units")
