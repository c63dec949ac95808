"""The simulated authorization server of the machine. It keeps its port, and outlives the case that started it."""

import contextlib

from harness.simulator import Simulator
from harness.suite import running

simulator = Simulator("--port=8700")
running.remove(simulator)


@contextlib.contextmanager
def lifetime(seconds):
    """Tokens last that long within the block."""
    simulator.start(f"--lifetime={seconds}")
    try:
        yield
    finally:
        simulator.start()
