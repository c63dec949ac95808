"""How long a whole process takes that prints a token."""

import os
import time
from statistics import median

from harness.suite import expect


def milliseconds(command, environment):
    """From before the start to the end; what the program prints is thrown away."""
    nowhere = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1)]
    begin = time.perf_counter_ns()
    pid = os.posix_spawn(command[0], command, environment, file_actions=nowhere)
    _, status = os.waitpid(pid, 0)
    end = time.perf_counter_ns()
    expect(status == 0, f"{command}: exited with {os.waitstatus_to_exitcode(status)}")
    return (end - begin) / 1e6


def measure(programs, runs):
    """`programs`: for each name a command, with its whole path, and its environment. They take turns."""
    found = {name: [] for name in programs}
    for _ in range(runs):
        for name, (command, environment) in programs.items():
            found[name].append(milliseconds([str(word) for word in command], environment))
    return {name: {"milliseconds": median(times), "runs": runs} for name, times in found.items()}
