"""A program that serves while a test runs."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from harness.suite import eventually, expect, running


class Process:
    """Has a directory of its own, which every user can enter, with the file `log` and perhaps a `socket`.

    It is killed at the end of its block, and removed with its directory at the end of the case. `place` is where the
    directory is made; by default, where temporary files are.
    """

    process = None

    def __init__(self, name, place=None):
        self.name = name
        self.directory = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=place))
        self.directory.chmod(0o755)
        self.log, self.socket = self.directory / "log", self.directory / "socket"
        running.append(self)

    def start(self, command, environment=None, descriptors=(), prepare=None):
        """With nothing in the environment but $PATH and `environment`. `prepare` is called in the new process."""
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], **(environment or {})},
                pass_fds=descriptors,
                preexec_fn=prepare,
                start_new_session=True,
            )
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def pid(self):
        return self.process.pid

    def has_ended(self):
        """Whether nothing of its process group is left: a daemon outlives a tracer that ran it."""
        return self.process.poll() is not None and not self.signal(0)

    def signal(self, number):
        """To its process group. Returns whether there is one."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def end(self):
        """Ends it by SIGTERM, which has it exit with 0."""
        self.signal(signal.SIGTERM)
        status = self.process.wait(10)
        self.kill()
        expect(status == 0, f"{self.name} ended with {status}: {self.lines()[-20:]}")

    def kill(self):
        if self.process:
            self.signal(signal.SIGKILL)
            self.process.wait()
            # Its number may soon be another's.
            self.process = None

    def remove(self):
        running.remove(self)
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def lines(self):
        return self.log.read_text().splitlines()

    def line(self, text):
        """The first line with `text` in it that it has written, or None."""
        return next((line for line in self.lines() if text in line), None)

    def until(self, condition, what, within=60):
        """Waits for `condition`, as long as the program runs."""

        def value():
            has_ended, found, status = self.has_ended(), condition(), self.process.returncode
            expect(found or not has_ended, f"{self.name} has ended with {status}: {self.lines()[-20:]}")
            return found

        return eventually(value, lambda: f"{self.name}: {what}: {self.lines()[-20:]}", within)

    def listens(self):
        self.until(self.socket.exists, f"it listens on {self.socket}")

    def said(self, text, within=30):
        """Waits for a line with `text` in it, and returns the line."""
        return self.until(lambda: self.line(text), f"it says “{text}”", within)
