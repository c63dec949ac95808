"""A minute with tokens of five seconds."""

import time

from harness.client import Client
from harness.daemon import Daemon
from harness.simulator import Simulator
from harness.suite import case, expect, say


@case("minute: with tokens of 5 s, never an expired one, and never a wait of more than 50 ms after the first")
def minute():
    simulator = Simulator("--lifetime", "5")
    daemon = Daemon(simulator).start()
    daemon.said(" serves ")
    with Client(daemon.socket) as client:
        first = client.ask(op="token")
        expect("access_token" in first, f"first reply: {first}")
        waits, tokens = [], set()
        end = time.monotonic() + 60
        while (begin := time.monotonic()) < end:
            reply = client.ask(op="token")
            waits.append(time.monotonic() - begin)
            expect("access_token" in reply, f"after {len(waits) - 1} replies: {reply}")
            expect(simulator.accepts(reply["access_token"]), f"reply {len(waits) - 1}: a token that is not valid")
            tokens.add(reply["access_token"])
            time.sleep(0.1)
    expect(max(waits) <= 0.05, f"a wait of {max(waits) * 1000:.1f} ms")
    requests = len(simulator.calls("token"))
    # A token of 5 s is renewed after 2 s, when half of its service is over.
    expect(25 <= requests <= 35, f"{requests} token requests in a minute")
    expect(len(simulator.calls("register")) == 1, "more than one registration")
    say(f"{len(waits)} replies, {len(tokens)} tokens, the longest wait {max(waits) * 1000:.1f} ms")
