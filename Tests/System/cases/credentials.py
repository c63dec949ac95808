"""LoadCredential= of other units from our socket."""

import hashlib
import socket
import time

from harness.suite import case, eventually, expect, expect_equal
from support import broker
from support.host import Journal, drop_in, remove_drop_in, run, show, systemctl, write
from support.simulator import simulator

SOCKET = "/run/bearerd/credential.sock"


def consume(name="access_token", unit="consumer.service"):
    """Starts a unit with that credential. Returns the exit status of systemctl and the SHA-256 of what it got."""
    output = "/run/consumer.output"
    write(output, "")
    define(name, unit, output)
    systemctl("daemon-reload")
    result = systemctl("start", unit, check=False)
    return result.returncode, read_digest(output)


def define(name="access_token", unit="consumer.service", output="/run/consumer.output"):
    """Writes a unit that puts the SHA-256 of that credential into a file."""
    write(
        f"/run/systemd/system/{unit}",
        "[Service]\nType=oneshot\nDynamicUser=yes\n"
        f"LoadCredential={name}:{SOCKET}\n"
        f"ExecStart=/usr/bin/sha256sum ${{CREDENTIALS_DIRECTORY}}/{name}\nStandardOutput=truncate:{output}\n",
    )


def read_digest(path):
    with open(path) as file:
        return file.read().split(" ")[0]


def waiting_helpers():
    """Connections to the credential socket that systemd's helpers hold."""
    return sum("/unit/held" in line and "/access_token" in line for line in open("/proc/net/unix"))


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def expect_start_fails(unit="consumer.service", **options):
    status, _ = consume(unit=unit, **options)
    expect(status != 0, "the unit started")
    expect_equal(show("ExecMainStatus", unit), "243", "status of the unit")


@case("LoadCredential: access_token is the bare token of the default profile")
def _():
    broker.fresh()
    expect_equal(consume(), (0, digest(broker.token())), "start and token")


@case("LoadCredential: any other name is a profile's")
def _():
    broker.fresh(profiles={"default": {}, "live": {}})
    expect_equal(consume("live"), (0, digest(broker.token(profile="live"))), "start and token")


@case("LoadCredential: it starts the daemon, and the unit waits for the first token")
def _():
    broker.reset(startup={"wait": 0})
    simulator.faults("token", {"delay": 1500})
    systemctl("start", "bearerd-credential.socket")
    expect_equal(consume(), (0, digest(broker.token())), "start and token")


@case("LoadCredential: an unknown profile fails the unit's start at once, and the journal names the unit")
def _():
    broker.fresh()
    journal = Journal()
    expect_start_fails(name="nobody")
    journal.wait_for("credential_refused", BEARERD_PEER_UNIT="consumer.service")


@case("LoadCredential: a refused profile fails the unit's start at once, too")
def _():
    broker.reset()
    simulator.faults("register", {"error": "unapproved_software_statement"})
    broker.start()
    started = time.monotonic()
    expect_start_fails()
    expect(time.monotonic() - started < 5, "the start was held up")


@case("LoadCredential: where no token comes, the unit's start fails within half a minute")
def _():
    broker.reset(startup={"wait": 0})
    simulator.faults("token", then={"status": 503})
    systemctl("start", "bearerd-credential.socket")
    started = time.monotonic()
    expect_start_fails()
    took = time.monotonic() - started
    expect(20 < took < 30, f"the start failed after {took:.1f} s")
    simulator.faults("token")


@case("LoadCredential: a stop while units wait fails their start; none starts with a part of something")
def _():
    broker.reset(startup={"wait": 0})
    simulator.faults("token", then="hang")
    systemctl("start", "bearerd-credential.socket", "bearerd.service")
    units = [f"held{number}.service" for number in range(10)]
    for unit in units:
        define(unit=unit)
    systemctl("daemon-reload")
    journal = Journal()
    systemctl("start", "--no-block", *units)
    eventually(lambda: waiting_helpers() >= len(units), "the units wait for their credential")
    # All three: the socket would start the broker again for a helper that asks a second time.
    broker.stop()
    for unit in units:
        eventually(lambda: show("ActiveState", unit) == "failed", f"{unit} has failed")
        expect_equal(show("ExecMainStatus", unit), "243", f"status of {unit}")
    expect(len(journal.entries("BEARERD_EVENT=credential_refused")) >= len(units), "not every unit has its entry")
    simulator.faults("token")
    systemctl("reset-failed", *units)


@case("LoadCredential: twenty units at once, before there is a token")
def _():
    broker.reset(startup={"wait": 0})
    simulator.faults("register", {"delay": 1000})
    units = [f"many{number}.service" for number in range(20)]
    for unit in units:
        define(unit=unit, output=f"/run/{unit}.output")
    systemctl("daemon-reload")
    systemctl("start", "bearerd-credential.socket", *units)
    calls = simulator.calls_from_now()
    expected = digest(broker.token())
    for unit in units:
        expect_equal(read_digest(f"/run/{unit}.output"), expected, f"what {unit} was given")
    expect_equal(calls.both(), (0, 0), "registrations, token requests")


@case("LoadCredential: the example's unit is given the token")
def _():
    broker.fresh()
    with open("/usr/share/doc/bearerd/examples/consumer.service") as example:
        write("/run/systemd/system/example.service", example.read())
    # The machine has no curl and no Internet: all but the command is the example's.
    output = "/run/example.output"
    drop_in("test", "[Service]\nType=oneshot\nExecStart=\n"
            f"ExecStart=/usr/bin/sha256sum ${{CREDENTIALS_DIRECTORY}}/access_token\nStandardOutput=truncate:{output}\n",
            unit="example.service")
    systemctl("start", "example.service")
    expect_equal(read_digest(output), digest(broker.token()), "token")
    remove_drop_in("test", unit="example.service")


@case("LoadCredential: on_failure: empty lets the unit start without a token")
def _():
    broker.fresh(credential_socket={"on_failure": "empty"})
    expect_equal(consume("nobody"), (0, digest("")), "start and token")


@case("LoadCredential: allow decides by unit, a template's instances included")
def _():
    broker.fresh(profiles={"default": {"allow": {"units": ["ingest.service", "encoder@*.service"]}}})
    journal = Journal()
    for unit in ("ingest.service", "encoder@1.service"):
        status, _ = consume(unit=unit)
        expect_equal(status, 0, f"start of {unit}")
    expect_start_fails(unit="consumer.service")
    journal.wait_for("credential_refused", BEARERD_PEER_UNIT="consumer.service", BEARERD_PROFILE="default")
    expect_equal(broker.bearerctl("token", check=False).returncode, 77, "a client, where only units are named")


@case("LoadCredential: nobody but root can open the socket")
def _():
    script = f"import socket; socket.socket(socket.AF_UNIX).connect('{SOCKET}')"
    result = run("python3", "-c", script, user="player", check=False)
    expect("PermissionError" in result.stderr, f"found {result.stderr[-200:]!r}")


@case("LoadCredential: root without a unit's name is given nothing")
def _():
    broker.fresh()
    token = broker.token()
    for name in ("", "\0feed/unit/consumer.service/access_token/more", "\0feed0feed0feed0fe/unit/a.service/access_token"):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(30)
            if name:
                client.bind(name)
            client.connect(SOCKET)
            found = b"".join(iter(lambda: client.recv(65536), b""))
            expect(token.encode() not in found, f"a peer named {name!r} was given the token")
            expect(len(found) > 1 << 20, f"a peer named {name!r} was given {len(found)} bytes")
