"""Programs that run beside the benchmark, and the ones of this folder."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

BUILD = Path(os.environ.get("BUILD", Path(__file__).parents[3] / ".build/release")).resolve()
SOURCES = Path(__file__).parents[1] / "programs"


class Failure(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failure(text)


def eventually(what, condition, limit=30):
    """Waits for what nothing announces."""
    end = time.monotonic() + limit
    while not (value := condition()):
        expect(time.monotonic() < end, f"not within {limit} s: {what}")
        time.sleep(0.02)
    return value


# What has not come to the end of its block.
running = []


@contextmanager
def in_order(seconds):
    """Ends what runs when the block ends, also by SIGTERM or after this time."""
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not finished after {seconds} s"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    signal.alarm(seconds)
    try:
        yield
    except Failure as failure:
        sys.exit(str(failure))
    finally:
        while running:
            running[-1].end()


def require_binaries():
    for name in ("bearerd", "bearerctl", "bearerd-simulator"):
        expect(
            os.access(BUILD / name, os.X_OK),
            f"{BUILD / name}: missing; run swift build -c release --static-swift-stdlib first",
        )


def compiled(name, directory):
    """Builds a program of this folder."""
    program = directory / name
    flags = ["-O2", "-std=gnu17", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["cc", *flags, "-o", program, SOURCES / f"{name}.c"], check=True)
    return program


class Process:
    """A program that serves, with what it writes in a file. Ends with the block."""

    def __init__(self, directory, command, environment=None):
        self.name = Path(command[0]).name
        self.log = directory / "log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "HOME": str(directory), **(environment or {})},
            )
        running.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    @property
    def pid(self):
        return self.process.pid

    def end(self):
        if self in running:
            running.remove(self)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def until(self, what, condition, limit=60):
        """Waits while the program lives."""

        def value():
            expect(self.process.poll() is None, f"{self.name} has ended: {self.log.read_text()[-2000:]}")
            return condition()

        return eventually(f"{self.name} {what}", value, limit)

    def said(self, text, limit=60):
        """Waits for a line with `text` in it, and returns that line."""

        def line():
            return next((line for line in self.log.read_text().splitlines() if text in line), None)

        return self.until(f"says “{text}”", line, limit)

    def listens(self, path):
        self.until(f"listens on {path}", path.exists)
