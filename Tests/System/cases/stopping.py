"""The end, and what is left after it."""

import os
import time

from harness.suite import case, expect, expect_equal
from support import broker
from support.host import Journal, show, systemctl
from support.load import Load
from support.simulator import simulator


@case("stop: under load within 5 s, by itself, and the sockets stay")
def _():
    broker.fresh()
    journal = Journal()
    with Load(clients=50) as load:
        started = time.monotonic()
        systemctl("stop", "bearerd.service")
        took = time.monotonic() - started
    expect(took < 5, f"it took {took:.1f} s")
    # Whoever asks next starts it again.
    expect_equal(load.failures[:3], [], f"{len(load.failures)} failed of {load.answers}")
    expect_equal(show("Result"), "success", "result")
    journal.wait_for("stopping")


@case("stop: a request that arrived whole is answered, then the connection ends")
def _():
    broker.fresh()
    with broker.client() as one, broker.client() as idle, broker.client() as waiting:
        idle.ask(op="ping")
        simulator.faults("token", then="hang")
        waiting.ask(op="ping")
        waiting.send(op="token", min_valid=21500, wait=60)
        # The daemon reads no further while replies are not taken. The socket has room for all, but poll(2) calls it
        # full at a quarter, and with a timeout each send would wait for that.
        one.socket.settimeout(None)
        for number in range(100):
            one.send(op="token", id=number)
        one.socket.settimeout(30)
        systemctl("stop", "--no-block", "bearerd.service")
        answers = [one.reply()["id"] for _ in range(100)]
        expect_equal(answers, list(range(100)), "answers")
        expect(waiting.reply(), "the one that waits is told")
        for connection in (one, idle, waiting):
            expect(connection.reply() is None, "a connection goes on")
    simulator.faults("token")


@case("stop: thousands of requests that arrived whole are answered, an unfinished one is not")
def _():
    broker.fresh()
    with broker.client() as one:
        one.ask(op="ping")
        # In one piece: many small ones fill the socket although nobody has read a thing.
        lines = "".join(f'{{"op":"token","id":{number}}}\n' for number in range(1000))
        one.socket.sendall(lines.encode() + b'{"op":"token","prof')
        systemctl("stop", "--no-block", "bearerd.service")
        answers = [one.reply()["id"] for _ in range(1000)]
        expect_equal(answers, list(range(1000)), "answers")
        expect_equal(one.reply(), None, "what comes after them")


@case("stop: STATUS= does not go on promising a token")
def _():
    broker.fresh()
    broker.stop()
    expect(show("StatusText") in ("", "stopped"), f"STATUS= is {show('StatusText')!r}")


@case("stop: all three units, and no socket is left behind")
def _():
    broker.fresh()
    broker.stop()
    expect_equal(os.listdir("/run/bearerd"), [], "files in /run/bearerd")
