"""Runs the tests of the core with one mistake switched on."""

import os
import re
import signal
import subprocess
import time
from threading import Timer

from harness.suite import expect

NOTICED, CRASHED, HUNG, MISSED = "noticed", "noticed by a crash", "hung", "missed"
# What the tests print for a failed expectation: "✘ Test NAME recorded an issue at FILE: …".
_ISSUE = re.compile(r"✘ Test (.*?) recorded an issue")
# Tests that take seconds; the others together take less than one.
_SLOW = "HerdTests|SharedAddressTests|LifecycleInvariantTests|DayTests|SimulatedHostTests"
_HALVES = ("--skip", "--filter")


def trial(program, number, limits):
    """Returns what became of the mistake, and the test that noticed it: one of the quick ones, or else of the slow ones.

    Ends with the first failure. `limits` is how many seconds either half may take.
    """
    for half, limit in zip(_HALVES, limits):
        result, by = _run(program, half, number, limit)
        if result != MISSED:
            break
    return result, by


def limits(program):
    """Ten times what either half takes without a mistake, and at least half a minute. Without a mistake, no test may fail."""
    found = []
    for half in _HALVES:
        begin = time.monotonic()
        result, why = _run(program, half, 0, 600)
        expect(result == MISSED, f"without a mistake: {result}: {why}")
        found.append(max(30, 10 * (time.monotonic() - begin)))
    return found


def _run(program, half, number, seconds):
    process = subprocess.Popen(
        [program, "--testing-library", "swift-testing", half, _SLOW],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "BEARERD_MISTAKE": str(number), "SWIFT_BACKTRACE": "enable=no"},
        text=True,
        errors="replace",
        start_new_session=True,
    )
    is_late = []
    timer = Timer(seconds, lambda: (is_late.append(True), os.killpg(process.pid, signal.SIGKILL)))
    timer.start()
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if issue := _ISSUE.search(line):
                return NOTICED, issue.group(1)
        status = process.wait()
    finally:
        timer.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()
    if is_late:
        return HUNG, ""
    if status == 0:
        return MISSED, ""
    return CRASHED, next((line.strip() for line in lines if "Fatal error" in line), f"status {status}")
