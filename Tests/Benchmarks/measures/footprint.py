"""What bearerd takes of the machine while nobody asks: memory, threads, wake-ups, disk."""

import shutil
import subprocess
from statistics import median

from harness import proc
from harness.client import Client
from harness.programs import BUILD
from harness.suite import eventually, expect
from support.bearerd import Bearerd
from support.manager import Manager, time_of

CONNECTIONS, PROFILES = 2000, 200
# A thread of a pool that has nothing to do is gone by then.
QUIET_SECONDS = 15


def memory(manager):
    """Resident memory, and the part of it that is private and was written to."""
    fields = proc.memory(manager.pid)
    return {"resident_kilobytes": fields["Rss"], "private_dirty_kilobytes": fields["Private_Dirty"]}


def difference(after, before, count):
    """Bytes for each of `count`."""
    return {
        name.replace("kilobytes", "bytes"): round((after[name] - before[name]) * 1024 / count) for name in after
    }


def per_connection(manager):
    """What idle connections add, each after one request."""
    before = memory(manager)
    clients = []
    for _ in range(CONNECTIONS):
        clients.append(Client(manager.socket))
        expect("access_token" in clients[-1].ask(op="token"), "no token")
    after = memory(manager)
    for client in clients:
        client.close()
    return difference(after, before, CONNECTIONS)


def idle(manager, seconds):
    """Context switches while nobody asks and no renewal is due; the watchdog is fed as in the unit."""
    before = proc.context_switches(manager.pid)
    manager.take_messages(seconds)
    after = proc.context_switches(manager.pid)
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


def await_tokens(daemon):
    def all_ready():
        return all(profile["state"] == "ready" for profile in daemon.ask(op="status")["profiles"])

    eventually(all_ready, "every profile has a token", within=90)


def measure(directory, simulator, hello, start_rounds, idle_seconds):
    report = {"stripped_bytes": {name: stripped_size(name, directory) for name in ("bearerd", "bearerctl")}}
    daemon = Bearerd(simulator)
    with Manager(daemon) as manager:
        manager.start()
        daemon.ask(op="token")
        manager.take_messages(QUIET_SECONDS)
        report["at_rest"] = {**memory(manager), "threads": proc.threads(manager.pid)}
        report["idle"] = idle(manager, idle_seconds)
        report["per_connection"] = per_connection(manager)
        report["start"] = starts(manager, hello, start_rounds)
    profiles = {"default": "", **{f"profile-{number}": "" for number in range(1, PROFILES)}}
    daemon = Bearerd(simulator, profiles)
    with Manager(daemon) as manager:
        manager.start()
        await_tokens(daemon)
        manager.take_messages(QUIET_SECONDS)
        report["per_profile"] = difference(memory(manager), report["at_rest"], PROFILES - 1)
        report["start_with_profiles"] = starts(manager, hello, start_rounds)
    return report
