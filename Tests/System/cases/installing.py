"""systemd/install on a machine that never had it."""

import os
import re
import stat
import tempfile

from harness.daemon import STATEMENT
from harness.suite import case, expect, expect_equal
from support import broker
from support.host import UNITS, remove_drop_in, run, systemctl

REPOSITORY = "/mnt/repository"


def installed_files(root=""):
    with open(f"{REPOSITORY}/systemd/files") as lines:
        rows = [line.split() for line in lines if not line.startswith("#")]
    return {f"{root}/usr/{place}": int(mode, 8) for _, place, mode in rows}


def install(script="install", **environment):
    """What the script says."""
    environment = {**os.environ, "BUILD": "/mnt/build", **environment}
    return run(f"{REPOSITORY}/systemd/{script}", env=environment).stdout


def run_printed_commands(text):
    """The commands among what an installation says, word for word, beside a software statement."""
    commands = [line for line in text.splitlines() if line.startswith("    ")]
    expect(commands, f"no commands in {text!r}")
    with tempfile.TemporaryDirectory() as place:
        with open(f"{place}/statement.jws", "w") as file:
            file.write(STATEMENT)
        run("bash", "-e", "-c", "\n".join(commands), cwd=place)


def forget_encrypted_statement():
    """Undoes what the commands have put in place."""
    remove_drop_in("encrypted-statement")
    os.remove("/etc/credstore.encrypted/software_statement")


@case("install: every file is in place with its mode")
def _():
    install()
    for path, mode in installed_files().items():
        expect(os.path.getsize(path) > 0, f"{path} is empty")
        expect_equal(oct(stat.S_IMODE(os.stat(path).st_mode)), oct(mode), path)


@case("install: into a tree, nothing of the host is touched")
def _():
    install(DESTDIR="/tmp/package")
    for path in installed_files("/tmp/package"):
        expect(os.path.exists(path), f"{path} is missing")
    install("uninstall", DESTDIR="/tmp/package")
    left = [path for path in installed_files("/tmp/package") if os.path.exists(path)]
    expect_equal(left, [], "left in the tree")


@case("install: systemd has nothing to say against the units")
def _():
    units = [os.path.basename(path) for path in installed_files() if "/systemd/system/" in path]
    expect(set(units) >= set(UNITS), f"the units are {units}")
    found = run("systemd-analyze", "verify", "--man=no", *units)
    expect_equal(found.stdout + found.stderr, "", "systemd-analyze verify")
    examples = "/usr/share/doc/bearerd/examples"
    run("cp", f"{examples}/consumer.service", "/run/systemd/system/example.service")
    found = run("systemd-analyze", "verify", "--man=no", "example.service", check=False)
    os.remove("/run/systemd/system/example.service")
    complaints = [line for line in found.stderr.splitlines() if "curl" not in line]
    expect_equal(complaints, [], "systemd-analyze verify of the example")


def words_of_help(*command):
    """Options and subcommands that `--help` names."""
    text = run(*command, "--help").stdout
    options = set(re.findall(r"--([a-z][a-z-]+)", text)) - {"help", "version"}
    rows = text.split("SUBCOMMANDS:")[1].split("See '")[0].splitlines() if "SUBCOMMANDS:" in text else []
    return options, [row.split()[0] for row in rows if row[:2] == "  " and row[2:3].strip()]


@case("install: man pages name every option and command that there is")
def _():
    with open("/usr/share/man/man8/bearerd.8") as file:
        page = file.read()
    for option in words_of_help("bearerd")[0]:
        expect(f".It Fl -{option}" in page, f"bearerd.8 does not mention --{option}")
    with open("/usr/share/man/man1/bearerctl.1") as file:
        page = file.read()
    for command in words_of_help("bearerctl")[1]:
        expect(f".It Ic {command}" in page, f"bearerctl.1 does not mention {command}")
        for option in words_of_help("bearerctl", command)[0] - {"check"}:
            expect(f"Fl -{option}" in page, f"bearerctl.1 does not mention --{option} of {command}")


@case("install: completions are what the shells read")
def _():
    run("bash", "-n", "/usr/share/bash-completion/completions/bearerctl")
    with open("/usr/share/zsh/vendor-completions/_bearerctl") as file:
        expect(file.readline().startswith("#compdef bearerctl"), "the completion for zsh has another first line")


@case("install: the sockets have the modes and owners that they should have")
def _():
    for user, groups in (("player", "bearerd"), ("stranger", "")):
        run("useradd", "--system", "--user-group", f"--groups={groups}", user)
    broker.reset()
    systemctl("start", "bearerd.socket", "bearerd-credential.socket")
    found = run("stat", "--format=%a %U:%G", "/run/bearerd/bearerd.sock", "/run/bearerd/credential.sock").stdout
    expect_equal(found.split("\n")[:2], ["660 root:bearerd", "600 root:root"], "sockets")
