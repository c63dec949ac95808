"""Clients in C that run beside the daemon, on another processor where there is one."""

import os
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from harness.programs import compiled
from harness.suite import expect

PROGRAMS = Path(__file__).parents[1]

PROCESSORS = sorted(os.sched_getaffinity(0))
# The honest client and the daemon take turns: one processor is theirs, the attackers have another.
OURS, THEIRS = {PROCESSORS[0]}, {PROCESSORS[-1]}

ATTACKER = 4711


def before_others(priority):
    """Has this process go before whatever else the machine does, where that is allowed: what is measured is the daemon."""
    os.sched_setaffinity(0, OURS)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except PermissionError:
        pass


def honest(daemon, milliseconds, pause):
    """How an honest client fares: count of replies, then p50, p99 and the longest wait in microseconds."""
    result = subprocess.run(
        [compiled(PROGRAMS / "honest.c"), daemon.socket, str(milliseconds), str(pause)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: before_others(2),
    )
    expect(result.returncode == 0, f"the honest client: {result.stderr}")
    count, median, late, longest = map(float, result.stdout.split())
    return int(count), median, late, longest


@contextmanager
def attackers(daemon, *attacks):
    """Runs attacks of another user, each a name, a number of connections and a rate, until the block ends."""
    running = []
    try:
        for name, connections, rate in attacks:
            running.append(
                subprocess.Popen(
                    [compiled(PROGRAMS / "attack.c"), daemon.socket, name, str(connections), str(rate)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    # Root's group, which the socket is for, stays.
                    user=ATTACKER,
                    preexec_fn=lambda: os.sched_setaffinity(0, THEIRS),
                )
            )
        for process in running:
            expect(process.stdout.readline() == "ready\n", f"{process.args[2]} did not get ready")
        reports = []
        yield reports
        for process in running:
            output, _ = process.communicate(timeout=30)
            expect(process.returncode == 0, f"{process.args[2]} failed")
            reports.append(f"{process.args[2]}: {output.strip()}")
    finally:
        for process in running:
            process.kill()
            process.wait()


@contextmanager
def crowd(daemon, processes, groups):
    """Processes of another user, in so many groups, that connect and ask again and again until the block ends."""
    leash, end = os.pipe()
    children = []
    try:
        for _ in range(processes):
            child = os.fork()
            if child == 0:
                come_again(daemon.socket, groups, leash, end)
            children.append(child)
        yield
    finally:
        os.close(end)
        os.close(leash)
        statuses = [os.waitpid(child, 0)[1] for child in children]
    expect(statuses == [0] * processes, f"those who come again ended with {statuses}")


def come_again(path, groups, leash, end):
    """Until nobody holds the other end of the leash."""
    status = 1
    try:
        os.close(end)
        os.set_blocking(leash, False)
        os.sched_setaffinity(0, THEIRS)
        os.setgroups(range(100_000, 100_000 + groups))
        os.setresuid(ATTACKER, ATTACKER, ATTACKER)
        while has_writer(leash):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                connection.sendall(b'{"op":"token"}\n')
                if b"access_denied" not in connection.recv(65536):
                    os._exit(2)
        status = 0
    finally:
        os._exit(status)


def has_writer(pipe):
    try:
        return os.read(pipe, 1) != b""
    except BlockingIOError:
        return True
