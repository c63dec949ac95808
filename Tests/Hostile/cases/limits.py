"""Limits: connections, descriptors, memory of the kernel, bytes and time of a line, replies that nobody takes."""

import errno
import select
import shutil
import subprocess
import threading
import time

from harness import proc
from harness.client import Client
from harness.daemon import Daemon
from harness.programs import compiled
from harness.suite import Skip, case, eventually, expect, say
from support.load import ATTACKER, PROGRAMS, attackers
from support.users import Visitor

OPEN = ("--socket-mode", "0666")
TOLD = "no connection can be accepted"


@case("limits: a user over the limit keeps nobody else out, however often it knocks")
def per_user(simulator):
    policy = {"default": f"allow: {{users: [{ATTACKER}, 1001]}}"}
    daemon = Daemon(simulator, "limits: {connections: 60, connections_per_user: 20}", policy, OPEN).started()
    # One user knocks and is turned away far more often than there are connections in all.
    with attackers(daemon, ("watch", 20, 1000), ("watch", 400, 4000)):
        end = time.monotonic() + 2
        served = 0
        while time.monotonic() < end:
            with Visitor(daemon.socket, 1001) as visitor:
                reply = visitor.ask(op="token")
            expect("access_token" in reply, f"another user was turned away: {reply}")
            served += 1
        with Visitor(daemon.socket, ATTACKER) as one_more:
            reply = one_more.reply()
            expect(reply["error"] == "slow_down" and reply["retry_after"] >= 1, f"no slow_down but {reply}")
            expect(one_more.reply() is None, "the connection goes on")
        open_ones = proc.descriptors(daemon.pid)
    expect(open_ones < 200, f"{open_ones} descriptors of a daemon that has 60 connections")
    said = [line for line in daemon.lines() if "turned away" in line]
    expect(len(said) == 1, f"{len(said)} entries, expected one a minute: {said[:3]}")
    say(f"{served} connections of another user served meanwhile, {open_ones} descriptors")
    daemon.end()


@case("limits: connections in all")
def in_all(simulator):
    daemon = Daemon(simulator, "limits: {connections: 10}").started()
    # Root has 16 beyond the limit.
    clients = [Client(daemon.socket) for _ in range(10 + 16)]
    for client in clients:
        expect("access_token" in client.ask(op="token"), "no token below the limit")
    with Client(daemon.socket) as another:
        expect(another.reply()["error"] == "slow_down", "another connection was served")
    clients.pop().close()
    eventually(lambda: "access_token" in daemon.ask(op="token"), "there is room")
    daemon.end()


@case("limits: without descriptors the daemon goes on, says so once, renews, and recovers")
def descriptors(simulator):
    daemon = Daemon(simulator, prefix=("prlimit", "--nofile=100")).started()
    with Client(daemon.socket) as honest:
        token = honest.ask(op="token")["access_token"]
        begin = proc.processor_seconds(daemon.pid)
        crowd = [Client(daemon.socket) for _ in range(300)]
        daemon.said(TOLD)
        expect("access_token" in honest.ask(op="token"), "who is connected got no token")
        # What the daemon itself needs descriptors for is not starved.
        renewed = honest.ask(op="renew", rejected=token)
        expect(renewed.get("access_token", token) != token, f"no renewal without descriptors: {renewed}")
        # A quarter of a busy loop's time in two seconds: it rests.
        time.sleep(2)
        expect(proc.processor_seconds(daemon.pid) - begin < 0.5, "it burns the processor")
        expect(len([line for line in daemon.lines() if TOLD in line]) == 1, "it says so more than once")
        for client in crowd:
            client.close()
        eventually(lambda: "access_token" in daemon.ask(op="token"), "a new connection is served")
    eventually(lambda: daemon.ask(op="status")["connections"] == 1, "it has closed all of them")
    daemon.end()


@case("limits: an accept that fails for want of memory or descriptors is tried again")
def shortages(simulator):
    for code in (errno.ENOMEM, errno.ENOBUFS, errno.EMFILE, errno.ENFILE):
        library = compiled(PROGRAMS / "shortage.c")
        switch = library.with_name(f"shortage-{code}")
        environment = {"LD_PRELOAD": str(library), "SHORTAGE": str(switch)}
        daemon = Daemon(simulator, environment=environment).started()
        with Client(daemon.socket) as before:
            before.ask(op="ping")
            switch.write_text(str(code))
            with Client(daemon.socket) as waiting:
                waiting.send(op="token")
                daemon.said(TOLD)
                expect("access_token" in before.ask(op="token"), "who is connected got no token")
                time.sleep(2.2)
                expect(len([line for line in daemon.lines() if TOLD in line]) == 1, "it says so more than once")
                switch.unlink()
                expect("access_token" in waiting.reply(), "who waited was not served")
        daemon.end()


@case("limits: a long line is refused alike, whole or in pieces, and at the very limit it is not")
def long_lines(simulator):
    daemon = Daemon(simulator, "limits: {request_bytes: 10240}").started()
    request = '{"op":"ping","id":"%s"}'
    exact = request % ("x" * (10240 - len(request % "")))
    for line, is_too_long in ((exact, False), (exact.replace("x", "xx", 1), True)):
        for pieces in (1, 2, 50):
            for ending in ("\n", "\r\n"):
                with Client(daemon.socket) as client:
                    data = (line + ending).encode()
                    size = len(data) // pieces + 1
                    for start in range(0, len(data), size):
                        client.socket.sendall(data[start : start + size])
                        if pieces > 1:
                            time.sleep(0.002)
                    reply = client.reply()
                    what = f"{len(line)} bytes in {pieces} pieces: {str(reply)[:80]}"
                    expect((reply.get("error") == "request_too_large") == is_too_long, what)
                    if is_too_long:
                        expect(client.reply() is None, what + ", and the connection goes on")
                    else:
                        expect(reply.get("pong"), what)
    daemon.end()


@case("limits: a line has its time from its first byte on, however it trickles")
def deadline(simulator):
    daemon = Daemon(simulator, "limits: {line_timeout: 1}").started()
    with Client(daemon.socket) as idle, Client(daemon.socket) as client:
        begin = time.monotonic()
        client.socket.settimeout(0.1)
        reply = b""
        while not reply:
            client.socket.sendall(b" ")
            try:
                reply = client.socket.recv(4096)
            except TimeoutError:
                expect(time.monotonic() - begin < 5, "a trickling line lives on")
        expect(b"invalid_request" in reply, f"the answer is {reply}")
        expect(0.9 < time.monotonic() - begin < 2, f"after {time.monotonic() - begin:.1f} s")
        expect("access_token" in idle.ask(op="token"), "an idle connection was closed")
    daemon.end()


@case("limits: ten thousand lines of a client that does not read wait in its own buffers, and none is lost")
def back_pressure(simulator):
    daemon = Daemon(simulator).started()
    daemon.ask(op="token")
    before = proc.private_megabytes(daemon.pid)
    lines = 10_000
    with Client(daemon.socket) as client:
        data = b"".join(b'{"op":"token","id":%d}\n' % number for number in range(lines))
        sent = 0
        client.socket.setblocking(False)
        while sent < len(data) and select.select([], [client.socket], [], 1)[1]:
            sent += client.socket.send(data[sent : sent + 65536])
        growth = proc.private_megabytes(daemon.pid) - before
        expect(growth < 1, f"one client has the daemon hold {growth:.1f} MiB")
        client.socket.settimeout(30)
        sender = threading.Thread(target=client.socket.sendall, args=(data[sent:],))
        sender.start()
        for number in range(lines):
            reply = client.reply()
            expect(reply.get("id") == number and "access_token" in reply, f"reply {number} is {str(reply)[:80]}")
        sender.join()
    daemon.end()


@case("limits: nc gets its answer, whether it half-closes or not")
def netcat(simulator):
    nc = shutil.which("nc.openbsd") or shutil.which("nc")
    if not nc:
        raise Skip("nc is not installed")
    simulator.faults("token", {"delay": 700})
    daemon = Daemon(simulator).start()
    daemon.said("serves")
    # The first ones wait for the token.
    for options in (["-N", "-U"], ["-U", "-q", "2"], ["-N", "-U"]):
        for text in ('{"op":"token"}\n', '{"op":"token"}', '{"op":"ping"}\r\n{"op":"token"}\n'):
            result = subprocess.run(
                [nc, *options, daemon.socket], input=text.encode(), capture_output=True, timeout=20
            )
            count = text.count("{")
            expect(result.stdout.count(b"\n") == count, f"nc {options} {text!r}: {result.stdout[:100]}")
            expect(b"access_token" in result.stdout.splitlines()[-1], f"nc {options} {text!r}: {result.stdout[:100]}")
    # As people type it: nc -U stays as long as the daemon does, so it is ended once its answer is there.
    with subprocess.Popen([nc, "-U", daemon.socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(b'{"op":"token"}\n')
        process.stdin.close()
        expect(b"access_token" in process.stdout.readline(), "nc -U got no answer")
        process.kill()
    daemon.end()
