"""What newer versions of systemd get in drop-ins, by bearerd-generator."""

import re

from harness.daemon import CANARY, STATEMENT
from harness.suite import Skip, case, eventually, expect, expect_equal
from cases.installing import installed_files
from cases.restarting import kill
from support import broker
from support.containers import visible
from support.host import UNITS, Journal, run, show, systemctl, systemd_version
from support.simulator import simulator

FIRST_WITH_PRESERVED_STORE = 254


def needs(version):
    if systemd_version() < version:
        raise Skip(f"systemd is {systemd_version()}, older than {version}")


def stored():
    return show("NFileDescriptorStore")


@case("versions: each unit has the drop-ins of this systemd and of older ones, and systemd has nothing to say against them")
def _():
    there = [re.search(r"drop-ins/(\d+)/(.*)\.d/(.*)", path) for path in installed_files()]
    there = [found.groups() for found in there if found]
    expect({unit for _, unit, _ in there} == set(UNITS), f"the drop-ins are {there}")
    journal = Journal()
    systemctl("daemon-reload")
    for unit in UNITS:
        names = {name for version, of, name in there if of == unit and int(version) <= systemd_version()}
        found = re.findall(r"/generator/\S*/([^/\s]+)", show("DropInPaths", unit))
        expect_equal(set(found), names, f"drop-ins of {unit}")
    said = [entry["MESSAGE"] for entry in journal.entries("_PID=1") if "bearerd" in entry["MESSAGE"]]
    expect_equal([text for text in said if "ignoring" in text.lower() or "failed" in text.lower()], [], "complaints")
    found = run("systemd-analyze", "verify", "--man=no", "--generators=yes", *UNITS)
    expect_equal([line for line in found.stderr.splitlines() if "bearerd" in line], [], "systemd-analyze verify")


@case("versions: users above 65535 are told apart")
def _():
    profiles = {f"of-{user}": {"allow": {"users": [user]}} for user in (65534 + 1000, 100000, 100001)}
    broker.fresh(profiles=profiles, budget={"rate": 10, "burst": 10})
    expect_equal(visible(["setpriv", "--reuid=100000", "--regid=100000", "--groups=bearerd"]), ["of-100000"], "profiles")


@case("versions: another statement between stop and start leaves nothing of the old token")
def _():
    needs(FIRST_WITH_PRESERVED_STORE)
    broker.fresh()
    old, journal = broker.token(), Journal()
    systemctl("stop", "bearerd.service")
    broker.provide_statement(STATEMENT.replace(CANARY, "YW5vdGhlci1vbmU"))
    systemctl("start", "bearerd.service")
    expect(broker.token() != old, "the old statement's token is served")
    expect(journal.wait_for("stored_token_dropped", BEARERD_PROFILE="default"), "no entry")
    eventually(lambda: stored() == "1", "the store holds one descriptor")


@case("versions: after a stop systemd holds the token until systemctl clean")
def _():
    needs(FIRST_WITH_PRESERVED_STORE)
    broker.fresh()
    calls = simulator.calls_from_now()
    systemctl("stop", "bearerd.service")
    expect_equal(stored(), "1", "descriptors in the store")
    systemctl("clean", "--what=fdstore", "bearerd.service")
    expect_equal(stored(), "0", "descriptors in the store")
    broker.start()
    expect_equal(calls.both(), (0, 1), "registrations, token requests")


@case("versions: a start that ends with 78 keeps the token")
def _():
    needs(FIRST_WITH_PRESERVED_STORE)
    broker.fresh()
    token, calls = broker.token(), simulator.calls_from_now()
    broker.configure(no_such_key=1)
    systemctl("restart", "bearerd.service", check=False)
    expect_equal(show("ExecMainStatus"), "78", "exit status")
    broker.configure()
    broker.start()
    expect_equal(broker.token() == token, True, "the same token")
    expect_equal(calls.both(), (0, 0), "registrations, token requests")


@case("versions: each crash lengthens the pause before the next start, to 10 s at most, until a start by hand")
def _():
    needs(FIRST_WITH_PRESERVED_STORE)
    broker.fresh()
    pauses = [show("RestartUSecNext")]
    for _ in range(3):
        kill()
        pauses.append(show("RestartUSecNext"))
    expect_equal(pauses, ["1s", "1.584893s", "2.511886s", "3.981071s"], "pauses")
    systemctl("restart", "bearerd.service")
    expect_equal(show("RestartUSecNext"), "1s", "the pause after a start by hand")
    expect_equal(show("RestartMaxDelayUSec"), "10s", "maximum")
