"""bearerd-token@.service: a token in a file for whoever reads one."""

import os
import random
import stat
import time

from harness.suite import case, eventually, expect, expect_equal, say
from support import broker
from support.consumers import API, Curl, Nginx, Prometheus
from support.host import Journal, is_active, pid, run, show, systemctl, write
from support.simulator import lifetime, simulator

KEEPER = "bearerd-token@default.service"
FILE = "/run/bearerd-token/default/access_token"
# How long the consumers ask.
SECONDS = int(os.environ["CONSUMERS"])


def content():
    try:
        with open(FILE) as file:
            return file.read()
    except FileNotFoundError:
        return None


def stop():
    systemctl("stop", KEEPER)


@case("token file: READY when it is there, with its mode and owner, in a directory for its group alone")
def _():
    broker.fresh()
    systemctl("start", KEEPER)
    expect_equal(content(), broker.token(), "the file")
    status, directory = os.stat(FILE), os.stat(os.path.dirname(FILE))
    expect_equal(stat.S_IMODE(status.st_mode), 0o640, "mode of the file")
    expect_equal(stat.S_IMODE(directory.st_mode), 0o750, "mode of the directory")
    owner = run("id", "--user", "bearerd-token").stdout.strip()
    expect_equal({str(status.st_uid), str(directory.st_uid)}, {owner}, "owners")
    expect(show("StatusText", KEEPER).startswith(f"{FILE}: a token until "), "no status text")
    expect(os.listdir(os.path.dirname(FILE)) == ["access_token"], "something else is there")
    stop()
    expect(not os.path.exists(os.path.dirname(FILE)), "the file outlives the unit")


@case("token file: a start without a token waits for one, and the file is not there before")
def _():
    broker.reset(startup={"wait": 0})
    simulator.faults("token", then={"status": 503})
    broker.start()
    systemctl("start", "--no-block", KEEPER)
    eventually(lambda: show("StatusText", KEEPER) == f"{FILE}: waiting for a token", "the status says so")
    expect_equal(show("ActiveState", KEEPER), "activating", "state")
    expect_equal(content(), None, "the file")
    simulator.faults("token")
    eventually(lambda: is_active(KEEPER), "it is ready", within=60)
    expect_equal(content(), broker.token(), "the file")
    stop()


@case("token file: a restart of the daemon, and one of the unit, change nothing")
def _():
    broker.fresh()
    systemctl("start", KEEPER)
    inode, process = os.stat(FILE).st_ino, pid(KEEPER)
    journal = Journal()
    systemctl("restart", "bearerd.service")
    broker.token()
    # What comes after the reconnection shows that it was one.
    eventually(lambda: broker.ask(op="status")["connections"] >= 2, "it watches again")
    expect_equal(os.stat(FILE).st_ino, inode, "the same file")
    expect_equal(pid(KEEPER), process, "the same process")
    # Not by --unit=: what systemd says of the start may come after systemctl has returned.
    expect_equal([entry["MESSAGE"] for entry in journal.entries(f"_SYSTEMD_UNIT={KEEPER}")], [], "entries")
    token = content()
    for command in (("restart",), ("kill", "--signal=SIGKILL")):
        before = pid(KEEPER)
        systemctl(*command, KEEPER)
        while pid(KEEPER) in (0, before) or not is_active(KEEPER):
            expect_equal(content(), token, f"the file during {command[0]}")
    stop()


@case("token file: the user of the unit is denied, and its start says so and is not tried again")
def _():
    broker.fresh(profiles={"default": {"allow": {"users": ["root"]}}})
    journal = Journal()
    expect(systemctl("start", KEEPER, check=False).returncode != 0, "it has started")
    expect_equal(show("ExecMainStatus", KEEPER), "77", "exit status")
    entries = journal.entries(f"--unit={KEEPER}")
    expect(any("access_denied" in entry["MESSAGE"] and entry["PRIORITY"] == "4" for entry in entries), "no reason")
    expect_equal(show("ActiveState", KEEPER), "failed", "state")
    broker.configure(profiles={"default": {"allow": {"users": ["root", "bearerd-token"]}}})
    systemctl("reload", "bearerd.service")
    systemctl("start", KEEPER)
    stop()


@case("token file: exposure of the unit is 2.0 at most")
def _():
    line = run("systemd-analyze", "security", "--no-pager", KEEPER).stdout.strip().splitlines()[-1]
    say(line)
    exposure = float(line.split(": ")[1].split()[0])
    expect(exposure <= 2.0, line)


@case("token file: LoadCredential= of a unit that is restarted at each change")
def _():
    with lifetime(5):
        broker.fresh()
        output = "/run/consumer.output"
        unit = (
            f"[Unit]\nStartLimitIntervalSec=0\nWants={KEEPER}\nAfter={KEEPER}\nReloadPropagatedFrom={KEEPER}\n"
            "[Service]\nDynamicUser=yes\nLoadCredential=access_token:/run/bearerd/credential.sock\n"
            "ExecStart=/bin/sh -c 'cat $$CREDENTIALS_DIRECTORY/access_token; echo; exec sleep infinity'\n"
            f"StandardOutput=append:{output}\n"
            "ExecReload=+/usr/bin/systemctl --no-block restart %n\n"
        )
        write("/run/systemd/system/rotating.service", unit)
        systemctl("daemon-reload")
        systemctl("start", "rotating.service")
        lines = lambda: open(output).read().split()
        eventually(lambda: len(lines()) >= 4, "it was restarted three times", within=30)
        expect_equal(len(set(lines())), len(lines()), "different tokens")
        eventually(lambda: lines()[-1] == content(), "the last is the current one")
        systemctl("stop", "rotating.service")
        stop()
        os.remove(output)


@case("token file: nginx, Prometheus and curl never use a bad token, over restarts of daemon and units")
def _():
    with lifetime(5):
        broker.fresh(profiles={"web": {}, "metrics": {}, "job": {}}, budget={"rate": 10, "burst": 10})
        api = API(8701)
        nginx, prometheus, curl = Nginx("web", api.url), Prometheus("metrics", api.url), Curl("job", api.url)
        begin, asked, events = time.monotonic(), 0, 0
        next_event = begin + 3
        while time.monotonic() - begin < SECONDS:
            expect_equal(nginx.ask(), 200, "answer through nginx")
            expect_equal(curl.ask(), 0, "exit status of curl")
            asked += 2
            if time.monotonic() > next_event:
                unit = random.choice(["bearerd.service", nginx.keeper, prometheus.keeper, curl.keeper])
                systemctl("kill", f"--signal={random.choice(['SIGKILL', 'SIGTERM'])}", unit)
                if unit == "bearerd.service":
                    systemctl("restart", unit)
                events, next_event = events + 1, time.monotonic() + 3
        scraped = api.good - asked
        say(f"{asked} requests, {scraped} scrapes, {events} kills in {SECONDS} s, {len(api.bad)} bad")
        expect_equal(api.bad, [], "bad requests")
        expect(scraped > 2 * SECONDS, f"Prometheus has scraped {scraped} times")
        expect_equal(show("ActiveState", "nginx.service"), "active", "nginx")
        for consumer in (nginx, prometheus, curl):
            consumer.remove()
