"""The Debian package, by apt and dpkg."""

import glob
import os
import re
import shutil
import tempfile

from harness.daemon import STATEMENT
from harness.suite import Skip, case, expect, expect_equal
from cases.installing import forget_encrypted_statement, install, installed_files, run_printed_commands
from support import broker
from support.host import UNITS, drop_in, is_active, pid, remove_drop_in, run, show, systemctl
from support.load import Load
from support.simulator import simulator

KEEPER = "bearerd-token@default.service"
NEWER = "/run/bearerd-newer.deb"
# What apt said of a package that has no statement to start with.
printed = []


def built():
    found = glob.glob("/mnt/package/*.deb")
    if not found:
        raise Skip("there is no package: dpkg-dev is not installed on the host")
    return found[0]


def apt(*arguments):
    """What apt and the maintainer scripts say."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return run("apt-get", "--yes", "--no-install-recommends", *arguments, env=environment).stdout


def newer():
    """The same package with a higher version than the last."""
    run("dpkg-deb", "--raw-extract", built(), "/run/newer")
    version = run("dpkg-query", "--show", "--showformat=${Version}", "bearerd").stdout
    run("sed", "--in-place", f"s/^Version: .*/Version: {version}+1/", "/run/newer/DEBIAN/control")
    run("dpkg-deb", "-Znone", "--build", "/run/newer", NEWER)
    shutil.rmtree("/run/newer")
    return NEWER


def active():
    return [unit for unit in UNITS if is_active(unit)]


def enabled():
    states = systemctl("is-enabled", *UNITS, check=False).stdout.split()
    return [unit for unit, state in zip(UNITS, states) if state == "enabled"]


def without_traces():
    """Nothing is installed, and nothing is left of what was."""
    broker.reset()
    run("dpkg", "--purge", "bearerd")
    install("uninstall")
    for user in ("bearerd-token", "bearerd"):
        run("userdel", user)
    run("groupdel", "bearerd", check=False)
    shutil.rmtree(broker.STATE, ignore_errors=True)
    os.remove(broker.STATEMENT_FILE)
    os.remove(broker.CONFIGURATION)


@case("package: put over what systemd/install has installed, it restarts the daemon, at no cost")
def _():
    package = built()
    install()
    systemctl("enable", *UNITS)
    broker.fresh()
    before, calls = pid(), simulator.calls_from_now()
    apt("install", package)
    expect(pid() not in (0, before), "the daemon was not restarted")
    expect_equal(enabled(), UNITS, "enabled units")
    broker.token()
    expect_equal(calls.both(), (0, 0), "registrations, token requests")


def set_up():
    """The commands of the README, word for word, in a directory with what they need."""
    with open("/mnt/repository/README.md") as file:
        commands = re.search(r"^<!-- system: set up -->\n```bash\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    expect(commands, "README.md has no block after <!-- system: set up -->")
    with tempfile.TemporaryDirectory() as place:
        os.symlink("/mnt/repository/systemd", f"{place}/systemd")
        os.mkdir(f"{place}/.build")
        os.symlink("/mnt/package", f"{place}/.build/package")
        with open(f"{place}/statement.jws", "w") as file:
            file.write(STATEMENT)
        # There is no sudo, and no need of it.
        return run("bash", "-e", "-c", 'sudo() { "$@"; }\n' + commands[1], cwd=place).stdout


@case("package: the commands of the README lead to a token, with an encrypted statement")
def _():
    built()
    without_traces()
    broker.configure()
    calls = simulator.calls_from_now()
    said = set_up()
    expect_equal(said.splitlines()[-1], broker.token(), "the last line")
    expect_equal((enabled(), active()), (UNITS, UNITS), "units that are enabled, active")
    expect_equal(calls.both(), (1, 1), "registrations, token requests")
    expect(not os.path.exists(broker.STATEMENT_FILE), "there is a statement in plain text")
    forget_encrypted_statement()


@case("package: apt puts it in place with its users, enables the units, and starts nothing without a software statement")
def _():
    package = built()
    without_traces()
    said = apt("install", package)
    missing = [path for path in installed_files() if not any(map(os.path.exists, (path, f"{path}.gz")))]
    expect_equal(missing, [], "missing files")
    run("id", "bearerd")
    run("id", "bearerd-token")
    expect_equal((enabled(), active()), (UNITS, []), "units that are enabled, active")
    printed.append(said)
    expect("bearerd" in run("journalctl", "--list-catalog").stdout, "the catalog has no entry")
    expect_equal(run("dpkg", "--verify", "bearerd").stdout, "", "files that differ")


@case("package: the commands that it prints start all three units")
def _():
    built()
    calls = simulator.calls_from_now()
    broker.configure()
    run_printed_commands(printed.pop())
    broker.token()
    expect_equal(active(), UNITS, "active units")
    expect_equal(calls.both(), (1, 1), "registrations, token requests")
    forget_encrypted_statement()
    broker.provide_statement()


@case("package: an upgrade under load makes no call upstream, refuses no connection, and keeps the token file")
def _():
    package = newer()
    systemctl("start", KEEPER)
    before, calls = (pid(), pid(KEEPER)), simulator.calls_from_now()
    token = broker.token()
    with Load() as load:
        apt("install", package)
    expect_equal(load.failures, [], "failures")
    expect(load.answers > 100, f"{load.answers} answers")
    expect(pid() not in (0, before[0]), "the daemon was not restarted")
    expect(pid(KEEPER) not in (0, before[1]), "the keeper of the token file was not restarted")
    with open("/run/bearerd-token/default/access_token") as file:
        expect_equal((broker.token() == token, file.read() == token), (True, True), "the same token in memory, in the file")
    expect_equal(calls.both(), (0, 0), "registrations, token requests")
    systemctl("stop", KEEPER)


@case("package: an upgrade leaves stopped what was stopped, and disabled what was disabled")
def _():
    package = newer()
    systemctl("disable", "--now", *UNITS)
    apt("install", package)
    expect_equal((enabled(), active()), ([], []), "units that are enabled, active")
    systemctl("enable", "--now", *UNITS)


@case("package: an upgrade ends well although the daemon does not start, and the next one is none the worse")
def _():
    package = newer()
    drop_in("broken", "[Service]\nExecStart=\nExecStart=/bin/false\nRestart=no\n")
    apt("install", package)
    expect_equal(show("ActiveState"), "failed", "state")
    remove_drop_in("broken")
    systemctl("start", "bearerd")
    broker.token()


@case("package: an upgrade leaves a daemon alone with whose configuration the new one would not start")
def _():
    package, before, calls = newer(), pid(), simulator.calls_from_now()
    broker.configure(servr="x")
    said = apt("install", package)
    expect_equal(pid(), before, "the daemon's process")
    expect('unknown key "servr"' in said and "bearerd is not restarted" in said, said)
    broker.token()
    broker.configure()
    systemctl("restart", "bearerd")
    broker.token()
    expect_equal(calls.both(), (0, 0), "registrations, token requests")


@case("package: removed, it leaves no unit behind, and keeps state, configuration and statement")
def _():
    built()
    systemctl("enable", "--now", KEEPER)
    before = broker.secrets()
    apt("remove", "bearerd")
    expect_equal((enabled(), active(), is_active(KEEPER)), ([], [], False), "units enabled, active; keeper")
    wanted = [os.path.basename(link) for link in glob.glob("/etc/systemd/system/*.wants/bearerd*")]
    expect_equal((wanted, os.path.exists("/run/bearerd")), ([KEEPER], False), "links; sockets")
    expect_equal([path for path in installed_files() if os.path.exists(path)], [], "left")
    expect_equal((len(before), broker.secrets()), (1, before), "client secrets in the state directory")
    expect(os.path.exists(broker.CONFIGURATION) and os.path.exists(broker.STATEMENT_FILE), "something is gone")


@case("package: put back after a removal, it is enabled, starts, and goes on with its old credentials")
def _():
    package, calls = built(), simulator.calls_from_now()
    apt("install", package)
    expect_equal((enabled(), active()), (UNITS, UNITS), "units that are enabled, active")
    expect(is_active(KEEPER), "the keeper of a token file that was enabled is not started")
    systemctl("stop", KEEPER)
    expect_equal(calls.both(), (0, 1), "registrations, token requests")


@case("package: purged, its state is gone, and it says what that costs; configuration and statement are the operator's")
def _():
    built()
    said = apt("purge", "bearerd")
    expect("it registers anew, and viewers must sign in again" in said, said)
    expect(not os.path.exists(broker.STATE), "the state is there")
    expect_equal(glob.glob("/etc/systemd/system/*.wants/bearerd*"), [], "links")
    expect(os.path.exists(broker.CONFIGURATION) and os.path.exists(broker.STATEMENT_FILE), "something is gone")
    expect_equal(run("dpkg-query", "--show", "bearerd", check=False).returncode, 1, "known to dpkg")
