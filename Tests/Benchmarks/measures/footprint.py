"""What bearerd takes of the machine while nobody asks: memory, threads, wake-ups, disk."""

import json
import shutil
import socket
import subprocess
from statistics import median

from support.daemon import ask, command_of, write_configuration
from support.manager import Manager, time_of
from support.proc import context_switches, memory, threads
from support.processes import BUILD, eventually, expect

CONNECTIONS, PROFILES = 2000, 200
# A thread of a pool that has nothing to do is gone by then.
QUIET_SECONDS = 15


def manager_of(directory, server, profiles):
    write_configuration(directory, server, profiles)
    return Manager(directory, command_of(directory))


def difference(after, before, count):
    """Bytes for each of `count`."""
    return {
        name.replace("kilobytes", "bytes"): round((after[name] - before[name]) * 1024 / count) for name in after
    }


def per_connection(manager):
    """What idle connections add, each after one request."""
    before = memory(manager.pid)
    path = manager.listener.getsockname()
    connections = []
    for _ in range(CONNECTIONS):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(path)
        connection.sendall(b'{"op":"token"}\n')
        expect(connection.recv(65_536).startswith(b'{"access_token"'), "no token")
        connections.append(connection)
    after = memory(manager.pid)
    for connection in connections:
        connection.close()
    return difference(after, before, CONNECTIONS)


def idle(manager, seconds):
    """Context switches while nobody asks and no renewal is due; the watchdog is fed as in the unit."""
    before = context_switches(manager.pid)
    manager.take_messages(seconds)
    after = context_switches(manager.pid)
    return {
        "seconds": seconds,
        "context_switches": sum(count - before.get(thread, 0) for thread, count in after.items()),
    }


def starts(manager, hello, rounds):
    """From execve(2) to READY=1 when everything is stored, beside programs that do nothing, from execve(2) to their ends."""
    found = {"bearerd": [], "true": [], "hello": []}
    for _ in range(rounds):
        manager.take_messages(0.1)
        manager.stop()
        found["true"].append(time_of([shutil.which("true")], manager.log))
        found["hello"].append(time_of([hello], manager.log))
        found["bearerd"].append(manager.start())
    return {name: {"milliseconds": median(times), "rounds": len(times)} for name, times in found.items()}


def stripped_size(name, directory):
    stripped = directory / f"{name}-stripped"
    subprocess.run(["strip", "-o", stripped, BUILD / name], check=True)
    return stripped.stat().st_size


def await_tokens(manager):
    def all_ready():
        status = json.loads(ask(manager.listener.getsockname(), {"op": "status"}))
        return all(profile["state"] == "ready" for profile in status["profiles"])

    eventually("every profile has a token", all_ready, 90)


def measure(directory, server, hello, start_rounds, idle_seconds):
    report = {"stripped_bytes": {name: stripped_size(name, directory) for name in ("bearerd", "bearerctl")}}
    with manager_of(directory / "one-profile", server, {"default": None}) as manager:
        manager.start()
        ask(manager.listener.getsockname(), {"op": "token"})
        manager.take_messages(QUIET_SECONDS)
        report["at_rest"] = {**memory(manager.pid), "threads": threads(manager.pid)}
        report["idle"] = idle(manager, idle_seconds)
        report["per_connection"] = per_connection(manager)
        report["start"] = starts(manager, hello, start_rounds)
    profiles = {"default": None, **{f"profile-{number}": None for number in range(1, PROFILES)}}
    with manager_of(directory / "profiles", server, profiles) as manager:
        manager.start()
        await_tokens(manager)
        manager.take_messages(QUIET_SECONDS)
        report["per_profile"] = difference(memory(manager.pid), report["at_rest"], PROFILES - 1)
        report["start_with_profiles"] = starts(manager, hello, start_rounds)
    return report
