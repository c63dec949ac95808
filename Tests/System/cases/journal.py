"""What operators read: entries, fields, filters and the catalog."""

import json
import re

from harness.suite import case, eventually, expect, expect_equal
from support import broker
from support.host import Journal, run
from support.simulator import lifetime, simulator

SOURCES = "/mnt/repository/Sources"


def events():
    """The events of the source, by their MESSAGE_IDs."""
    with open(f"{SOURCES}/BearerService/Journal/JournalEvent.swift") as file:
        text = file.read().split("enum JournalEvent", 1)[1]
    names = re.findall(r"^    case (\w+)", text.split("messageID")[0], re.MULTILINE)
    ids = dict(re.findall(r'case \.(\w+): \("([0-9a-f]{32})"', text))
    with open(f"{SOURCES}/BearerSystemd/Log/LogQueue.swift") as file:
        ids["loss"] = re.search(r'lossMessageID = "([0-9a-f]{32})"', file.read())[1]
    expect_equal(sorted(ids), sorted([*names, "loss"]), "events with an id")
    return {identifier: name for name, identifier in ids.items()}


@case("journal: the catalog explains every event, and nothing else")
def _():
    listed = run("journalctl", "--list-catalog").stdout.splitlines()
    ours = {line.split()[0] for line in listed if line.split(" ", 1)[1].strip().startswith("bearerd:")}
    expect_equal(ours, set(events()), "ids in the catalog")
    for identifier in ours:
        text = run("journalctl", "--dump-catalog", identifier).stdout
        body = text.split("\n\n", 1)[1]
        expect(len(body) > 60 and "\n\n" in body, f"{identifier} does not say what happened and what to do")


@case("journal: -x shows what an entry means, with its values put in")
def _():
    journal = Journal()
    broker.fresh()
    journal.wait_for("token_obtained")
    text = run("journalctl", "--catalog", "--unit=bearerd", "--lines=60", "BEARERD_EVENT=token_obtained").stdout
    expect("Subject: Profile default has a token" in text, f"no explanation in {text[-600:]!r}")
    everything = run("journalctl", "--catalog", "--unit=bearerd").stdout
    expect_equal(re.findall(r"@BEARERD_\w+@", everything), [], "fields of the catalog without a value")


@case("journal: entries have event, MESSAGE_ID and fields, and operators' filters find them")
def _():
    broker.reset(startup={"wait": 1}, profiles={"default": {"allow": {"users": ["root"]}}})
    simulator.faults("token", {"status": 503})
    broker.start()
    broker.bearerctl("token", user="player", check=False)
    for filters in (["BEARERD_EVENT=renewal_failed"], ["BEARERD_PROFILE=default"], ["BEARERD_EVENT=access_denied"]):
        found = run("journalctl", "--unit=bearerd", "--quiet", *filters).stdout
        expect(found, f"{filters} finds nothing")
    known = events()
    # What was written before this case counts, too.
    lines = run("journalctl", "--output=json", "--all", "_SYSTEMD_UNIT=bearerd.service", "_COMM=bearerd").stdout
    entries = list(map(json.loads, lines.splitlines()))
    # A wrong option is told by the option parser, before there is a log.
    misused = {entry["_PID"] for entry in entries if "--no-such-option" in entry["MESSAGE"]}
    for entry in entries:
        if entry["_PID"] in misused:
            continue
        expect("BEARERD_EVENT" in entry and "MESSAGE_ID" in entry, f"no event or id: {entry['MESSAGE']}")
        expect(entry["MESSAGE_ID"] in known, f"unknown MESSAGE_ID: {entry['MESSAGE']}")


@case("journal: a denial names the unit of who was denied, another user's")
def _():
    broker.fresh(profiles={"default": {"allow": {"users": ["root"]}}})
    journal = Journal()
    command = ["systemd-run", "--quiet", "--wait", "--unit=denied-client", "--property=User=player"]
    run(*command, "/usr/bin/bearerctl", "token", check=False)
    journal.wait_for("access_denied", BEARERD_PEER_UNIT="denied-client.service", BEARERD_PROFILE="default")


@case("journal: an outage is a line at its start and one at its end, not one a retry")
def _():
    with lifetime(8):
        broker.fresh(renewal={"at": 0.1, "jitter": 0})
        journal = Journal()
        simulator.faults("token", then={"status": 503})
        journal.wait_for("renewal_failed")
        calls = simulator.calls_from_now()
        eventually(lambda: calls.count("token") >= 3, "three more attempts", within=40)
        simulator.faults("token")
        eventually(lambda: "recovered" in journal.events(), "the end of the outage", within=40)
    failures = [event for event in journal.events() if event == "renewal_failed"]
    expect_equal(len(failures), 1, "entries of renewal_failed")
    expect(len(journal.events()) <= 12, f"more than a dozen entries: {journal.events()}")
