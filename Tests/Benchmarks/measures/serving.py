"""Requests a second, and how long one takes, of bearerd beside other servers."""

import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median

from harness.simulator import Simulator
from harness.suite import expect
from support.bearerd import Bearerd
from support.untrusted import UntrustedServer

# A token of 3 s is renewed after one, and given to clients for two.
SHORT_LIFETIME = 3
# Each is tried again after at most 30 s; so many make an attempt or more each second.
BROKEN_PROFILES = 32
# Rounds of these are so many times longer: each has its share of what happens upstream.
LONGER = 3


@dataclass(frozen=True)
class Row:
    name: str
    options: tuple
    # Connections that each server has beside those that ask.
    idle: int = 0
    # Prepares another daemon for this row; see `renewing`.
    daemon: object = None


@dataclass
class Results:
    """What one server did in one row, round by round."""

    rates: list = field(default_factory=list)
    p50s: list = field(default_factory=list)
    p99s: list = field(default_factory=list)

    def add(self, rate, p50, p99):
        self.rates.append(rate)
        self.p50s.append(p50)
        self.p99s.append(p99)

    def summary(self):
        return {
            "requests_per_second": median(self.rates),
            "p50_microseconds": median(self.p50s),
            "p99_microseconds": median(self.p99s),
            "rounds": self.rates,
        }


@contextmanager
def renewing():
    with Simulator(f"--lifetime={SHORT_LIFETIME}") as simulator:
        with Bearerd(simulator).started() as daemon:
            yield daemon, "renewals", lambda: simulator.count("token")


@contextmanager
def failing():
    with Simulator() as simulator, UntrustedServer() as untrusted:
        broken = f"server: {untrusted.url}"
        profiles = {"default": "", **{f"broken-{number}": broken for number in range(BROKEN_PROFILES)}}
        with Bearerd(simulator, profiles).started() as daemon:
            yield daemon, "failed TLS handshakes", lambda: untrusted.attempts


ROWS = [
    Row("1 connection", ("-c", "1")),
    Row("16 connections", ("-c", "16")),
    Row("64 connections", ("-c", "64")),
    Row("a connection per request", ("-r",)),
    Row("1 connection, 32 pipelined", ("-p", "32")),
    Row("16 connections beside 4,096 idle ones", ("-c", "16"), idle=4096),
    Row("16 connections, a renewal each second", ("-c", "16"), daemon=renewing),
    Row("16 connections, TLS failing upstream", ("-c", "16"), daemon=failing),
]
GUARDED_ROW = "16 connections"


def run(load, server, row, milliseconds):
    result = subprocess.run(
        [load, *row.options, "-s", str(milliseconds), server.protocol, server.socket],
        capture_output=True,
        text=True,
        check=False,
    )
    expect(result.returncode == 0, f"{row.name}, {server.name}: {result.stderr.strip()}")
    return map(float, result.stdout.split())


@contextmanager
def idle_connections(load, server, count):
    command = [load, "-i", str(count), server.protocol, server.socket]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        expect(process.stdout.readline() == "ready\n", f"{server.name} does not take {count} connections")
        yield


def rounds_of(row, load, servers, rounds, milliseconds):
    """Rounds of all servers alternate, so that all see the same machine."""
    results = {server.name: Results() for server in servers}
    with ExitStack() as stack:
        for server in servers if row.idle else []:
            stack.enter_context(idle_connections(load, server, row.idle))
        for _ in range(rounds):
            for server in servers:
                results[server.name].add(*run(load, server, row, milliseconds))
                # What was open is closed by then.
                time.sleep(0.05)
    return results


def with_ratios(results):
    """The summaries, and the medians of bearerd's ratios to others, each of one round."""
    summary = {name: result.summary() for name, result in results.items()}
    ours = results["bearerd"].rates
    for name, result in results.items():
        if name != "bearerd":
            ratios = [one / other for one, other in zip(ours, result.rates)]
            summary[name]["bearerd_to_this"] = median(ratios)
    return summary


def measure(load, bearerd, others, rounds, milliseconds):
    """For each row the summary of each server. A row with a daemon of its own is about that daemon."""
    report = {}
    for row in ROWS:
        if row.daemon is None:
            report[row.name] = with_ratios(rounds_of(row, load, [bearerd, *others], rounds, milliseconds))
            continue
        compared = [server for server in others if server.name in ("floor", "redis-server")]
        with row.daemon() as (daemon, what, count):
            before, begin = count(), time.monotonic()
            summary = with_ratios(rounds_of(row, load, [daemon, *compared], rounds, LONGER * milliseconds))
            summary["bearerd"][what + " per second"] = (count() - before) / (time.monotonic() - begin)
        report[row.name] = summary
    return report
