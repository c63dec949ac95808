"""What lies in the daemon's memory of its secrets."""

import json
import os
from pathlib import Path

from harness import proc
from harness.client import Client
from harness.daemon import STATEMENT, Daemon
from harness.simulator import Simulator
from harness.suite import Skip, case, eventually, expect, say, settled
from support.state import saved_client
from support.strace import TOKEN

MOST = {"expired token": 0, "expired second": 0, "token": 4, "client secret": 1, "statement": 1}


def occurrences(pid, words):
    """How often each word lies in the memory of a process."""
    found = {name: 0 for name in words}
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for fields in map(str.split, maps):
            if "r" not in fields[1] or fields[-1] in ("[vvar]", "[vvar_vclock]", "[vsyscall]"):
                continue
            begin, end = (int(word, 16) for word in fields[0].split("-"))
            try:
                memory.seek(begin)
                data = memory.read(end - begin)
            except OSError:
                continue
            for name, word in words.items():
                found[name] += data.count(word.encode())
    return found


@case("secrets: of tokens of five seconds, asked for in every way and turned down, no expired one is left in memory")
def secrets():
    if os.geteuid():
        raise Skip("only root may read the memory of such a process")
    daemon = Daemon(Simulator("--lifetime", "5")).start()
    daemon.said(TOKEN, 40)
    with Client(daemon.socket) as client, Client(daemon.socket) as watcher:
        watcher.send(op="watch", id="w" * 3000)
        first = client.ask(op="token")["access_token"]
        for _ in range(20):
            requests = [{"op": "token"}, {"op": "token", "id": "x" * 40}, {"op": "token", "wait": 1, "id": 7}]
            client.socket.sendall(b"".join(json.dumps(request).encode() + b"\n" for request in requests))
            for _ in requests:
                client.reply()
        second = first
        while second == first:
            second = client.ask(op="renew", rejected=first, wait=10).get("access_token", first)
        new = lambda: {client.ask(op="token").get("access_token", second)} - {first, second}  # noqa: E731
        third = eventually(new, "a third token").pop()
        # Whatever it does with the third one, it has done.
        settled(lambda: proc.context_switches(daemon.pid), "the daemon")
        secret = saved_client(daemon)["client_secret"]
        words = {"expired token": first, "expired second": second, "token": third}
        words |= {"client secret": secret, "statement": STATEMENT}
        found = occurrences(daemon.pid, words)
        expect(all(found[name] <= MOST[name] for name in MOST), f"found {found}, expected at most {MOST}")
        say(", ".join(f"{name} {count}" for name, count in found.items()))
