"""Clients in containers that are given the directory of the sockets, as BearerService.docc/Containers.md says."""

import os
import subprocess
from contextlib import contextmanager

from harness.suite import case, expect, expect_equal
from support import broker, containers
from support.containers import DENIED, FIRST, IDS, bearerctl, bubblewrap, nspawn, podman, service, visible
from support.host import Journal, drop_in, remove_drop_in, run, show, systemctl, write
from support.simulator import simulator

# A process of the container that goes on: runs a command for each line, and prints its exit code.
LOOP = 'while read -r command; do $command > /dev/null 2>&1; echo $?; done'
# Exit code of bearerctl.
NO_DAEMON = 69
UNIT_ORDER = "/etc/systemd/system/systemd-nspawn@box.service.d/bearerd.conf"


def number(database, name):
    return int(run("getent", database, name).stdout.split(":")[2])


def podman_with_user_namespace(*options, gids=(f"0:{IDS}",)):
    return podman(f"--uidmap=0:{IDS}", *(f"--gidmap={gid}" for gid in gids), *options, owner=FIRST)


def by_identity():
    """A broker with a profile for each identity: those that a caller is shown tell whom the daemon takes it for."""
    allowed = {
        "bearerd": {"groups": [number("group", "bearerd")]},
        "host": {"users": [1000]},
        "player": {"users": [number("passwd", "player")]},
        "root-group": {"groups": [0]},
        "shifted": {"users": [FIRST]},
        "shifted.1000": {"users": [FIRST + 1000]},
        "stranger": {"users": [number("passwd", "stranger")]},
    }
    profiles = {name: {"allow": allow} for name, allow in allowed.items()}
    broker.fresh(profiles=profiles, budget={"rate": 10, "burst": 10})


@contextmanager
def socket_drop_in(name):
    """A drop-in of the socket that the page shows, in force within the block."""
    unit = "bearerd.socket"
    drop_in(name, containers.show_file(f"/etc/systemd/system/{unit}.d/{name}.conf"), unit)
    try:
        systemctl("restart", unit)
        yield
    finally:
        remove_drop_in(name, unit)
        systemctl("restart", unit)


class Inside:
    """A container that stays, and runs commands."""

    def __init__(self, container):
        command = [*container, "sh", "-c", LOOP]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def run(self, command):
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline() or -1)


@case("container: bubblewrap changes nothing: user and groups are those outside, with a user namespace, too")
def _():
    by_identity()
    for options in ([], ["--unshare-all"], ["--unshare-user", "--uid", "0", "--gid", "0"]):
        expect_equal(visible(bubblewrap(*options, user="player")), ["bearerd", "player"], f"profiles with {options}")
    expect_equal(visible(bubblewrap("--unshare-user", user="stranger")), DENIED, "exit code of a stranger's container")


@case("container: its root without a user namespace is the host's root, and may do all that root may")
def _():
    by_identity()
    for container in (nspawn, podman, service):
        expect_equal(bearerctl(container(), "reload").returncode, 0, f"exit code of reload by {container.__name__}")
    expect_equal(bearerctl(nspawn(), "token", "--profile=player").returncode, DENIED, "exit code where root is not named")


@case("container: its root without a user namespace can pretend to be any unit")
def _():
    broker.fresh(profiles={"default": {"allow": {"units": ["ingest.service"]}}})
    script = (
        "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0dead/unit/ingest.service/access_token');"
        " s.connect('/run/bearerd/credential.sock'); print(len(s.makefile().read()))"
    )
    for container in (nspawn(), podman()):
        found = run(*container, "python3", "-c", script, stdin=subprocess.DEVNULL).stdout
        # Whoever is denied is sent more than a mebibyte.
        expect(0 < int(found) < 10_000, f"a credential of {found.strip()} bytes")


@case("container: the mode of the socket keeps out a user of a user namespace")
def _():
    by_identity()
    expect_equal(visible(nspawn(f"--private-users={IDS}")), DENIED, "exit code by nspawn")
    expect_equal(visible(podman_with_user_namespace()), DENIED, "exit code by podman")
    expect_equal(visible(podman("--user=1000")), DENIED, "exit code by podman without a user namespace")


@case("container: an access control list lets in a user by its number on the host, and allow names the same number")
def _():
    by_identity()
    with socket_drop_in("containers"):
        mode = run("stat", "--format=%A", broker.SOCKET).stdout.strip()
        expect_equal(mode, "srw-rw----", "mode")
        write("/etc/systemd/nspawn/box.nspawn", containers.show_file("/etc/systemd/nspawn/box.nspawn"))
        for container in (nspawn("--machine=box"), podman_with_user_namespace()):
            expect_equal(visible(container), ["shifted"], "profiles")
            credential_socket = "--socket=/run/bearerd/credential.sock"
            for command in (["reload"], ["register", "--force", "--profile=shifted"], ["ping", credential_socket]):
                expect_equal(bearerctl(container, *command).returncode, DENIED, f"exit code of {command}")
        os.remove("/etc/systemd/nspawn/box.nspawn")
    expect_equal(visible(nspawn(f"--private-users={IDS}")), DENIED, "exit code without the list")


@case("container: a socket that is open to all, and allow alone decides; it is refused where a profile has none")
def _():
    by_identity()
    with socket_drop_in("open"):
        expect_equal(visible(nspawn(f"--private-users={IDS}")), ["shifted"], "profiles of nspawn")
        expect_equal(visible(podman("--user=1000")), ["host", "root-group"], "profiles of podman")
        expect_equal(visible(bubblewrap(user="stranger")), ["stranger"], "profiles of a stranger")
        broker.configure()
        systemctl("restart", "bearerd.service", check=False)
        expect_equal(show("ExecMainStatus"), "78", "exit code of the daemon")
        broker.configure(profiles={"shifted": {"allow": {"users": [FIRST]}}})


@case("container: a supplementary group of the host opens the socket, and allow can name it")
def _():
    by_identity()
    group = number("group", "bearerd")
    added = podman("--user=1000", f"--group-add={group}")
    expect_equal(visible(added), ["bearerd", "host", "root-group"], "profiles by --group-add")
    # The host's group keeps its number in the container's user namespace.
    shifted = podman_with_user_namespace(f"--group-add={group}", gids=[f"0:{FIRST}:{group}", f"{group}:{group}:1"])
    expect_equal(visible(shifted), ["bearerd", "shifted"], "profiles by --gidmap")
    shifted = podman_with_user_namespace(f"--group-add={group}")
    expect_equal(visible(shifted), DENIED, "exit code with a group that is shifted")


@case("container: a unit with a root directory has SupplementaryGroups= of the host, with a user namespace, too")
def _():
    by_identity()
    group = "SupplementaryGroups=bearerd"
    for properties in (["User=stranger", group], ["User=stranger", group, "PrivateUsers=yes"]):
        expect_equal(visible(service(*properties)), ["bearerd", "stranger"], f"profiles with {properties}")
    expect_equal(visible(service("DynamicUser=yes", group)), ["bearerd"], "profiles of a dynamic user")
    expect_equal(visible(service("User=stranger")), DENIED, "exit code without the group")


@case("container: podman without root is the user that calls it; its other users are of the user's range")
def _():
    by_identity()
    run("usermod", f"--add-subuids={FIRST}-{FIRST + 65535}", f"--add-subgids={FIRST}-{FIRST + 65535}", "player")
    expect_equal(visible(podman(user="player")), DENIED, "exit code without the user's groups")
    keep = "--group-add=keep-groups"
    expect_equal(visible(podman(keep, user="player")), ["bearerd", "player"], "profiles of root")
    expect_equal(visible(podman(keep, "--userns=keep-id", user="player")), ["bearerd", "player"], "profiles by keep-id")
    # User 1 is the first of the range.
    expect_equal(visible(podman(keep, "--user=1001", user="player")), ["bearerd", "shifted.1000"], "profiles of user 1001")


@case("container: who is denied is named by its number on the host, and by the unit of its container")
def _():
    by_identity()
    with socket_drop_in("containers"):
        journal = Journal()
        container = nspawn(f"--private-users={IDS}", unit="box")
        expect_equal(bearerctl(container, "token", "--profile=player").returncode, DENIED, "exit code")
        journal.wait_for("access_denied", BEARERD_PEER_UID=FIRST, BEARERD_PEER_UNIT="box.service")


@case("container: a daemon in a user namespace takes everybody for 65534, whom no allow names")
def _():
    by_identity()
    expect_equal(visible(bubblewrap(user="player")), ["bearerd", "player"], "profiles")
    drop_in("users", "[Service]\nPrivateUsers=yes\n")
    try:
        systemctl("restart", "bearerd.service")
        journal = Journal()
        expect_equal(visible(bubblewrap(user="player")), [], "profiles")
        bearerctl(bubblewrap(user="player"), "token", "--profile=player")
        journal.wait_for("access_denied", BEARERD_PEER_UID=65534)
    finally:
        remove_drop_in("users")
        systemctl("restart", "bearerd.service")


@case("container: the directory outlives restarts of daemon and socket, a socket by itself does not")
def _():
    by_identity()
    directory = os.stat(containers.DIRECTORY).st_ino
    alone = bubblewrap("--ro-bind", broker.SOCKET, "/tmp/bearerd.sock", user="player")
    with Inside(nspawn()) as machine, Inside(podman("--interactive")) as volume, Inside(alone) as both:
        by_name = {"nspawn": machine, "podman": volume, "bubblewrap": both}

        def expect_exit_codes(by_directory, by_socket):
            for name, container in by_name.items():
                expect_equal(container.run("bearerctl ping"), by_directory, f"exit code by the directory, {name}")
            expect_equal(both.run("bearerctl ping --socket=/tmp/bearerd.sock"), by_socket, "exit code by the socket")

        expect_exit_codes(0, 0)
        systemctl("restart", "bearerd.service")
        expect_exit_codes(0, 0)
        calls = simulator.calls_from_now()
        systemctl("restart", "bearerd.socket")
        broker.start()
        expect_exit_codes(0, NO_DAEMON)
        expect_equal(calls.both(), (0, 0), "registrations, token requests")
        broker.stop()
        expect_exit_codes(NO_DAEMON, NO_DAEMON)
        broker.start()
        expect_exit_codes(0, NO_DAEMON)
        expect_equal(os.stat(containers.DIRECTORY).st_ino, directory, "inode of the directory")
        # As by systemd/uninstall.
        broker.stop()
        os.rmdir(containers.DIRECTORY)
        broker.start()
        expect_exit_codes(NO_DAEMON, NO_DAEMON)


@case("container: started without the directory it fails; Wants= and After= of the socket make it wait")
def _():
    by_identity()
    broker.stop()
    os.rmdir(containers.DIRECTORY)
    expect(bearerctl(nspawn(), "ping").returncode != 0, "it started without the directory")
    write("/run/systemd/system/box.service.d/bearerd.conf", containers.show_file(UNIT_ORDER))
    expect(bearerctl(nspawn(unit="box"), "ping").returncode == 0, "it failed")
    os.remove("/run/systemd/system/box.service.d/bearerd.conf")
    systemctl("daemon-reload")
