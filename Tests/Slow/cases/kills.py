"""kill -9 at random instants."""

import random
import time

from harness.daemon import Daemon
from harness.simulator import Simulator
from harness.suite import case, eventually, expect, say
from support.state import saved_client

STARTS = 200
# Unanswered registrations in a row after which the next one waits minutes.
HELD_AFTER = 3
# Starts with saved credentials before the next start begins from nothing.
STARTS_ONCE_SAVED = 4


def client_id(daemon):
    saved = saved_client(daemon)
    return saved and saved["client_id"]


def time_to_save(simulator):
    """How long a start takes from the beginning to saved credentials."""
    begin = time.monotonic()
    with Daemon(simulator).start() as daemon:
        eventually(lambda: client_id(daemon), lambda: f"a registration: {daemon.lines()}", 30)
    return time.monotonic() - begin


@case("kills: in 200 starts at random instants: none registers once credentials are saved, a kill wastes one at most")
def kills():
    simulator = Simulator(has_cut_off_calls=True)
    wasted = saved_runs = held = lives = starts = 0
    while starts < STARTS:
        # For each life anew: how fast the machine is depends on what else it does.
        simulator.faults("register")
        span = time_to_save(simulator)
        registered = len(simulator.calls("register"))
        daemon = Daemon(simulator)
        # In every third life no registration is ever answered.
        is_hopeless = lives % 3 == 2
        lives += 1
        unanswered = left = 0
        client = None
        while starts < STARTS and left < STARTS_ONCE_SAVED:
            delay = random.choice([0, 0, 5, 50, 200])
            simulator.faults("register", then={"delay": 10_000 if is_hopeless else delay})
            with daemon.start():
                time.sleep(random.uniform(0.3, 1.7) * span + random.uniform(0, 1.2) * delay / 1000)
            starts += 1
            new = len(simulator.calls("register")) - registered
            registered += new
            before, client = client, client_id(daemon)
            if before:
                expect(new == 0, f"start {starts}: registered again although {before} was saved")
                expect(client == before, f"start {starts}: {before} was saved, now {client}")
                left += 1
                continue
            if unanswered >= HELD_AFTER:
                expect(new == 0, f"start {starts}: registered after {unanswered} unanswered registrations")
                held += 1
                left += 1
                continue
            expect(new <= 1, f"start {starts}: {new} registrations in one start")
            expect(new == 1 or client is None, f"start {starts}: saved {client} without a registration")
            if client:
                saved_runs += 1
                last = simulator.calls("register")[-1]["client_id"]
                expect(last == client, f"start {starts}: saved another client")
            elif new:
                unanswered += 1
                wasted += 1
    total = registered - lives
    expect(total == saved_runs + wasted, f"{total} registrations, {saved_runs} saved, {wasted} cut off")
    expect(saved_runs and wasted and held, f"{saved_runs} saved, {wasted} cut off, {held} held: this was no test")
    say(f"{starts} starts killed over {lives} state directories; a start saves after {span * 1000:.0f} ms")
    say(f"{total} registrations, {saved_runs} saved and {wasted} cut off; {held} starts held")
