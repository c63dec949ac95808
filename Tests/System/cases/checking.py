"""bearerctl check: what only systemd shows. The mistakes are those of the second table in Operating.md."""

import os
import re
from contextlib import contextmanager
from pathlib import Path

from harness.daemon import STATEMENT
from harness.suite import case, expect, expect_equal
from support import broker
from support.host import drop_in, remove_drop_in, run, show, systemctl, write

PAGE = Path(__file__).parents[3] / "Sources/BearerService/BearerService.docc/Operating.md"
FILE = "/etc/bearerd/statement"


def documented():
    """The cells after the first, by the first."""
    lines = PAGE.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("| Mistake with the units |"))
    rows = {}
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            return rows
        mistake, status, says = (cell.strip() for cell in line.strip("|").split("|"))
        rows[mistake] = int(status), re.findall(r"`([^`]+)`", says)


@contextmanager
def no_user_and_group():
    broker.reset()
    files = {path: Path(path).read_text() for path in ("/etc/passwd", "/etc/group")}
    for path, text in files.items():
        Path(path).write_text(re.sub("^bearerd:", "renamed:", text, flags=re.MULTILINE))
    yield
    for path, text in files.items():
        Path(path).write_text(text)


@contextmanager
def user_outside_of_the_group():
    broker.reset(profiles={"default": {"allow": {"users": ["stranger"]}}})
    yield


@contextmanager
def open_mode():
    broker.reset()
    drop_in("open", "[Socket]\nSocketMode=0666\n", unit="bearerd.socket")
    yield
    remove_drop_in("open", unit="bearerd.socket")


@contextmanager
def unread_drop_in():
    broker.fresh()
    write("/etc/systemd/system/bearerd.socket.d/open.conf", "[Socket]\nSocketMode=0666\n")
    yield
    remove_drop_in("open", unit="bearerd.socket")


@contextmanager
def old_socket():
    broker.reset()
    drop_in("open", "[Socket]\nSocketMode=0666\n", unit="bearerd.socket")
    systemctl("start", "bearerd.socket", "bearerd-credential.socket")
    remove_drop_in("open", unit="bearerd.socket")
    yield


@contextmanager
def no_statement():
    broker.reset()
    os.remove(broker.STATEMENT_FILE)
    yield


@contextmanager
def broken_and_encrypted():
    broker.reset()
    size = -(-len(STATEMENT) // 5)
    lines = [STATEMENT[start : start + size] for start in range(0, len(STATEMENT), size)]
    write(broker.STATEMENT_FILE, "\n".join(lines) + "\n", mode=0o600)
    encrypted = "/etc/credstore.encrypted/software_statement"
    run("install", "-d", "-m", "0700", os.path.dirname(encrypted))
    run("systemd-creds", "encrypt", "--name=software_statement", broker.STATEMENT_FILE, encrypted)
    os.remove(broker.STATEMENT_FILE)
    drop_in("encrypted", "[Service]\nLoadCredentialEncrypted=software_statement\n")
    yield
    remove_drop_in("encrypted")
    os.remove(encrypted)


@contextmanager
def statement_in(path):
    broker.reset(profiles={"default": {"software_statement": {"file": path}}})
    write(path, STATEMENT + "\n", mode=0o600)
    yield
    os.remove(path)


# Each with whether a start by systemd ends with 78 as well.
MISTAKES = {
    "no user and group (sysusers.d did not run)": (no_user_and_group, False),
    "a user of `allow` not in the group": (user_outside_of_the_group, False),
    "`SocketMode=0666` in a drop-in, without `allow`": (open_mode, True),
    "a drop-in that systemd has not read": (unread_drop_in, False),
    "a socket made before the drop-in was removed": (old_socket, True),
    "no statement in the credential stores": (no_statement, True),
    "an encrypted statement that is broken into lines": (broken_and_encrypted, True),
    "a statement in `/root`": (lambda: statement_in("/root/statement"), True),
    "a statement for root only": (lambda: statement_in(FILE), True),
}


@case("check: the documentation has exactly these mistakes with the units")
def _():
    expect_equal(list(documented()), list(MISTAKES), "mistakes")


@case("check: a good set-up passes without a warning, and shows the statement of the credential store")
def _():
    broker.reset()
    header, _, signature = STATEMENT.split(".")
    broker.provide_statement(f"{header}.eyJzdWIiOiJ4In0.{signature}")
    result = run("bearerctl", "check", check=False)
    expect_equal((result.returncode, result.stderr), (0, ""), "exit code and standard error")
    expect("# profile default: software statement sub x\n" in result.stdout, f"it prints {result.stdout!r}")


def define(mistake, make, is_refused):
    @case(f"check: {mistake}")
    def _():
        status, says = documented()[mistake]
        with make():
            result = run("bearerctl", "check", check=False)
            for words in says:
                expect(words in result.stderr, f"check does not say {words!r}: {result.stderr!r}")
            expect_equal(result.returncode, status, "exit code")
            expect(STATEMENT[-20:] not in result.stdout + result.stderr, "it shows the statement")
            if is_refused:
                systemctl("start", "bearerd.service", check=False)
                expect_equal(show("ExecMainStatus"), "78", "exit code of a start")
        broker.reset()


for mistake, (make, is_refused) in MISTAKES.items():
    define(mistake, make, is_refused)


@case("check: a user who is not root is told what was not looked at")
def _():
    broker.reset()
    result = run("bearerctl", "check", broker.CONFIGURATION, user="player", check=False)
    expect_equal(result.returncode, 0, f"exit code, with {result.stderr!r}")
    expect("credential software_statement: not looked at; root can" in result.stderr, f"it says {result.stderr!r}")
