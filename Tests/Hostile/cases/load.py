"""watch and renew with a thousand clients."""

import json
import selectors
import socket
import time

from harness.daemon import Daemon
from harness.simulator import Simulator
from harness.suite import case, eventually, expect, say

WATCHERS = 1000
GENERATIONS = 5


class Crowd:
    """Connections that are read as lines come."""

    def __init__(self, path, count, **request):
        self.selector = selectors.DefaultSelector()
        self.replies = [[] for _ in range(count)]
        self.times = [[] for _ in range(count)]
        self.rests = [b""] * count
        self.sockets = []
        line = json.dumps(request).encode() + b"\n"
        for number in range(count):
            one = socket.socket(socket.AF_UNIX)
            one.connect(str(path))
            self.sockets.append(one)
            self.selector.register(one, selectors.EVENT_READ, number)
        for one in self.sockets:
            one.sendall(line)

    def read(self, lines, limit):
        """Reads until each has as many lines."""
        end = time.monotonic() + limit
        while any(len(replies) < lines for replies in self.replies):
            expect(time.monotonic() < end, f"within {limit} s not everybody had {lines} lines")
            for key, _ in self.selector.select(1):
                data = key.fileobj.recv(1 << 16)
                expect(data, f"connection {key.data} was closed")
                *whole, self.rests[key.data] = (self.rests[key.data] + data).split(b"\n")
                self.replies[key.data] += map(json.loads, whole)
                self.times[key.data] += [time.monotonic()] * len(whole)

    def close(self):
        for one in self.sockets:
            one.close()


@case("load: a thousand watchers get each generation once and in order; one that takes nothing is dropped after 30 s")
def watching(_):
    simulator = Simulator("--lifetime", "10")
    daemon = Daemon(simulator, "limits: {connections: 2000, connections_per_user: 2000}\nrenewal: {at: 0.3, jitter: 0}")
    daemon.started()
    # Its lines are long: from the second one on it takes no more.
    slow = socket.socket(socket.AF_UNIX)
    slow.connect(str(daemon.socket))
    long = json.dumps("x" * 15000).encode()
    slow.sendall(b'{"op":"watch","id":%s}\n' % long)
    crowd = Crowd(daemon.socket, WATCHERS, op="watch")
    begin = time.monotonic()
    crowd.read(GENERATIONS, 60)
    first = crowd.replies[0][0]["generation"]
    for replies in crowd.replies:
        found = [reply.get("generation") for reply in replies[:GENERATIONS]]
        expect(found == list(range(first, first + GENERATIONS)), f"a watcher saw {found}")
        expect(len({reply["access_token"] for reply in replies[:GENERATIONS]}) == GENERATIONS, "a token came twice")
    spread = max(
        max(times[number] for times in crowd.times) - min(times[number] for times in crowd.times)
        for number in range(1, GENERATIONS)
    )
    expect(spread < 1, f"{spread:.2f} s between the first and the last watcher")
    say(f"{WATCHERS} watchers, {GENERATIONS} generations, {spread * 1000:.0f} ms between the first and the last")
    count = lambda: daemon.ask(op="status")["connections"]  # noqa: E731
    crowd.close()
    eventually(lambda: count() == 2, "only the slow one is left")
    expect(time.monotonic() - begin < 28, "this took too long to tell when the slow one is dropped")
    eventually(lambda: count() == 1, "the slow one is dropped", within=45)
    lasted = time.monotonic() - begin
    expect(lasted > 30, f"the slow one was dropped after {lasted:.0f} s")
    say(f"the slow watcher was dropped {lasted:.0f} s after it began")
    daemon.end()


@case("load: a thousand renew for one rejected token make one exchange, for an old one none")
def renewing(simulator):
    daemon = Daemon(simulator, "limits: {connections: 2000, connections_per_user: 2000}").started()
    old = daemon.ask(op="token")["access_token"]
    simulator.faults("token", {"delay": 500})
    crowd = Crowd(daemon.socket, WATCHERS, op="renew", rejected=old)
    crowd.read(1, 30)
    tokens = {replies[0].get("access_token") for replies in crowd.replies}
    expect(len(tokens) == 1 and tokens != {old} and tokens != {None}, f"{len(tokens)} different answers")
    expect(len(simulator.calls("token")) == 2, f"{len(simulator.calls('token'))} token requests, expected 2")
    crowd.close()
    again = Crowd(daemon.socket, WATCHERS, op="renew", rejected=old)
    again.read(1, 30)
    expect({replies[0].get("access_token") for replies in again.replies} == tokens, "an old token is not answered with the current one")
    expect(len(simulator.calls("token")) == 2, "an old token made an exchange")
    expect(len(simulator.calls("register")) == 1, "more than one registration")
    again.close()
    daemon.end()
