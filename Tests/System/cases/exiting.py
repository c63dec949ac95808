"""Exits: what only this host can fix, and what may pass by itself."""

import fcntl
import os
import re
import threading

from harness.suite import case, eventually, expect, expect_equal
from support import broker
from support.host import UNITS, Journal, drop_in, is_active, remove_drop_in, run, show, systemctl
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
    command = re.search(r"^When that is fixed: (systemctl .*)$", message, re.MULTILINE)
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


def held_directory(pid):
    """Locks the state directory as the daemon of that pid would."""
    directory = os.open(broker.STATE, os.O_RDONLY)
    fcntl.flock(directory, fcntl.LOCK_EX)
    name_holder(pid)
    return directory


def name_holder(pid):
    with open(f"{broker.STATE}/.lock", "w") as file:
        file.write(f"{pid}\n")


def failures(journal):
    return [entry["MESSAGE"] for entry in journal.entries("BEARERD_EVENT=start_failed")]


@case("exit 75: a start fails at once; the next process stays, says what is new only, and starts when it can")
def _():
    broker.fresh()
    broker.stop()
    journal = Journal()
    directory = held_directory(1111)
    expect_equal(systemctl("start", "bearerd.service", check=False).returncode, 1, "exit code of systemctl start")
    eventually(lambda: "tried again at" in show("StatusText"), "STATUS= has the reason and the time")
    process = show("MainPID")
    expect("pid 1111" in show("StatusText"), f"STATUS= is {show('StatusText')!r}")
    # Another reason shows that it has tried again.
    name_holder(2222)
    eventually(lambda: len(failures(journal)) == 2, "the other reason in the journal", within=30)
    expect(["pid 1111" in failures(journal)[0], "pid 2222" in failures(journal)[1]] == [True] * 2, failures(journal))
    expect_equal((show("NRestarts"), show("MainPID")), ("1", process), "restarts, process")
    expect_equal(systemctl("restart", "bearerd.service", check=False).returncode, 1, "exit code of systemctl restart")
    eventually(lambda: "tried again at" in show("StatusText"), "STATUS= after a restart by hand")
    os.close(directory)
    eventually(is_active, "running when the directory is free", within=60)
    expect_equal(len(failures(journal)), 3, "entries")
    expect("stored_token_dropped" not in journal.events(), "the record counts as a token")
    broker.token()


@case("exit 64: an option that does not exist: one start, and the sockets are stopped")
def _():
    broker.reset()
    drop_in("option", "[Service]\nExecStart=\nExecStart=/usr/bin/bearerd --no-such-option\n")
    start_with_a_client_waiting()
    expect_equal((show("ExecMainStatus"), show("NRestarts")), ("64", "0"), "exit code, restarts")
    eventually(lambda: not is_active("bearerd.socket"), "the sockets are stopped")
    remove_drop_in("option")
    expect_three_units_again()


@case("exit: a crash at every start does not lose the sockets")
def _():
    broker.fresh()
    expect_equal(show("Restart"), "on-failure", "Restart=")
    for _ in range(6):
        before = int(show("NRestarts"))
        systemctl("kill", "--signal=SIGKILL", "bearerd.service")
        eventually(lambda: int(show("NRestarts")) > before and is_active(), "running again")
    expect_equal([is_active(unit) for unit in UNITS], [True] * 3, "all three units")


@case("exit: sockets that systemd's limits have failed are started by the same command")
def _():
    broker.reset()
    # The limit of the unit itself is far above what clients reach.
    drop_in("failing", "[Unit]\nStartLimitBurst=3\n[Service]\nExecStart=\nExecStart=/bin/false\nRestart=no\n")
    systemctl("start", "bearerd.socket", "bearerd-credential.socket")

    def knock():
        try:
            with broker.client():
                pass
        except OSError:
            pass
        return show("Result", "bearerd.socket") != "success"

    try:
        eventually(knock, "the socket has failed", within=60)
    finally:
        remove_drop_in("failing")
    expect("limit-hit" in show("Result", "bearerd.socket"), f"the socket ended by {show('Result', 'bearerd.socket')}")
    expect_three_units_again()
