"""bearerd as a process of a test."""

import os

from harness.client import Client
from harness.process import Process
from harness.programs import BUILD

# It looks like a software statement. Its last part is searched for where it must not be.
CANARY = "Y2FuYXJ5LW9mLXRoZS1zb2Z0d2FyZS1zdGF0ZW1lbnQ"
STATEMENT = f"eyJhbGciOiJSUzI1NiJ9.eyJzb2Z0d2FyZV9pZCI6InRlc3QifQ.{CANARY}"
# Where files are in memory, if possible.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Daemon(Process):
    """A state directory, a socket and a configuration, with which bearerd is started, again and again if need be.

    `settings` are lines of the configuration, `profiles` the lines of each profile by name, beside its statement.
    `options` are further ones of the command line, `place` is for `Process`, `how` for each `start`.
    """

    def __init__(self, simulator, settings="", profiles=None, options=(), place=None, **how):
        super().__init__("bearerd", place)
        self.simulator, self.options, self.how = simulator, options, how
        self.state = self.directory / "state"
        (self.directory / "statement").write_text(STATEMENT)
        self.configure(settings, profiles)

    def configure(self, settings="", profiles=None):
        # What is left of the budget is remembered: with the default, a start that follows at once would wait a second.
        lines = [f"server: {self.simulator.url}", "budget: {rate: 10, burst: 10}", settings, "profiles:"]
        for name, policy in (profiles or {"default": ""}).items():
            lines += [f"  {name}:", f"    software_statement: {{file: {self.directory}/statement}}"]
            lines += ["    " + line for line in policy.splitlines()]
        (self.directory / "bearerd.yaml").write_text("\n".join(lines) + "\n")

    def command(self, binary=BUILD / "bearerd"):
        places = ("--config", self.directory / "bearerd.yaml", "--socket", self.socket, "--state-directory", self.state)
        return [str(word) for word in (binary, *places, *self.options)]

    def start(self, **how):
        """`prefix` is a command that runs it, `binary` another bearerd; the rest is for `Process.start`."""
        how = {**self.how, **how}
        prefix, command = how.pop("prefix", ()), self.command(how.pop("binary", BUILD / "bearerd"))
        return super().start([*prefix, *command], **how)

    def started(self):
        """Starts it, and waits until it says that it is ready."""
        self.start()
        self.said("ready", 60)
        return self

    def ask(self, **request):
        with Client(self.socket) as client:
            return client.ask(**request)
