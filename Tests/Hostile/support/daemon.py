"""A simulator and a daemon of a test's own."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from support.cgroup import Cgroup
from support.suite import expect

BUILD = Path(os.environ.get("BUILD", Path(__file__).parents[3] / ".build/release")).resolve()
STATEMENT = "eyJhbGciOiJSUzI1NiJ9.eyJzb2Z0d2FyZV9pZCI6Imhvc3RpbGUifQ.bWFkZS11cA"


# What a case that fails leaves running.
running = []


def end_all():
    while running:
        running.pop().remove()


class Simulator:
    def __init__(self, *options):
        running.append(self)
        # It says something of each call: to a file, where it does not wait for a reader.
        with tempfile.NamedTemporaryFile(prefix="bearerd-simulator-") as log:
            self.process = subprocess.Popen(
                [BUILD / "bearerd-simulator", "serve", "--no-throttle", *options], stdout=log
            )
            path = Path(log.name)
            line = eventually("bearerd-simulator listens", lambda: path.read_text().partition("\n")[0])
        expect(line.startswith("listening on "), f"bearerd-simulator said {line!r}")
        self.url = line.split()[-1]

    def script(self, endpoint, **order):
        body = json.dumps({"endpoint": endpoint, **order}).encode()
        urllib.request.urlopen(f"{self.url}/simulator/faults", body, timeout=10).close()

    def calls(self, endpoint):
        with urllib.request.urlopen(f"{self.url}/simulator/calls", timeout=10) as reply:
            report = json.load(reply)
        violations = [call for call in report["calls"] if "violation" in call]
        expect(not violations, f"not as documented: {violations}")
        return [call for call in report["calls"] if call["endpoint"] == endpoint]

    def remove(self):
        self.process.kill()
        self.process.wait()


class Daemon:
    """bearerd in a directory that every user can enter.

    `settings` are lines of the configuration, `profiles` the lines of each profile by name, beside its statement.
    The profiles `held` may not register for an hour, because of earlier registrations that were never answered.
    `prefix` is what starts it, `options` are further ones, `descriptors` are handed over, `prepare` is called in its process.
    """

    def __init__(
        self, simulator, settings="", profiles=None, options=(), prefix=(), environment=None, descriptors=(), prepare=None, held=()
    ):
        # In memory where that is possible: a thousand profiles are a thousand registrations on disk.
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.directory = Path(tempfile.mkdtemp(prefix="bearerd-hostile-", dir=place))
        self.directory.chmod(0o755)
        running.append(self)
        self.cgroup = Cgroup(self.directory.name)
        self.simulator = simulator
        self.socket = str(self.directory / "bearerd.sock")
        self.log_path = self.directory / "log"
        (self.directory / "statement").write_text(STATEMENT)
        self.configure(settings, profiles or {"default": ""})
        for name in held:
            self.hold(name)
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [
                    *prefix,
                    *(BUILD / "bearerd", "--config", self.directory / "bearerd.yaml", "--socket", self.socket),
                    *("--state-directory", self.directory / "state", *options),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], **(environment or {})},
                pass_fds=descriptors,
                preexec_fn=lambda: (self.cgroup.enter(), prepare and prepare()),
            )

    def configure(self, settings="", profiles=None):
        lines = [f"server: {self.simulator.url}", "budget: {rate: 10, burst: 10}", settings, "profiles:"]
        for name, policy in (profiles or {"default": ""}).items():
            lines += [f"  {name}:", f"    software_statement: {{file: {self.directory}/statement}}"]
            lines += ["    " + line for line in policy.splitlines()]
        (self.directory / "bearerd.yaml").write_text("\n".join(lines) + "\n")

    def hold(self, name):
        place = self.directory / "state" / name
        place.mkdir(0o700, parents=True)
        server, digest = self.simulator.url, hashlib.sha256(STATEMENT.encode()).hexdigest()
        record = {"version": 1, "profile": name, "server": server, "statement_sha256": digest}
        record |= {"unanswered": 9, "last_intent_at": int(time.time())}
        key = hashlib.sha256(f"{server}\n{digest}".encode()).hexdigest()[:32]
        (place / f"registration-{key}.json").write_text(json.dumps(record))

    def started(self, limit=60):
        """Waits until the daemon says that it is ready."""
        self.said("ready", limit)
        return self

    def said(self, text, limit=30):
        """Waits for a line of the log with `text` in it."""
        end = time.monotonic() + limit
        while True:
            found = [line for line in self.lines() if text in line]
            if found:
                return found[0]
            expect(self.process.poll() is None, f"bearerd has ended with {self.process.returncode}: {self.lines()}")
            expect(time.monotonic() < end, f"bearerd did not say “{text}” within {limit} s: {self.lines()[-20:]}")
            time.sleep(0.02)

    def lines(self):
        return self.log_path.read_text().splitlines()

    @property
    def pid(self):
        return self.process.pid

    def ask(self, **request):
        with Client(self.socket) as client:
            return client.ask(**request)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def settled_descriptors(self):
        """Those that are left when nobody asks any more: an exchange and a connection may still be about to end."""
        samples = []
        for _ in range(50):
            samples.append(self.descriptors())
            time.sleep(0.01)
        return min(samples)

    def memory(self):
        """Private memory in MiB, and resident memory."""
        fields = dict(line.split(":", 1) for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:])
        kilobytes = {name: int(value.split()[0]) for name, value in fields.items()}
        return (kilobytes["Private_Dirty"] + kilobytes["Private_Clean"]) / 1024, kilobytes["Rss"] / 1024

    def processor_seconds(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        self.process.terminate()
        try:
            status = self.process.wait(10)
            expect(status == 0, f"bearerd ended with {status}: {self.lines()[-20:]}")
        finally:
            self.remove()

    def remove(self):
        self.process.kill()
        self.process.wait()
        self.cgroup.remove()
        shutil.rmtree(self.directory, ignore_errors=True)


class Client:
    """One connection that asks and reads."""

    def __init__(self, path, timeout=30):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, **request):
        self.socket.sendall(json.dumps(request).encode() + b"\n")

    def reply(self):
        """The next reply; None at the end."""
        line = self.lines.readline()
        return json.loads(line) if line else None

    def ask(self, **request):
        self.send(**request)
        return self.reply()

    def close(self):
        self.lines.close()
        self.socket.close()


def eventually(what, condition, limit=20):
    """Waits for what nothing announces."""
    end = time.monotonic() + limit
    while not (value := condition()):
        expect(time.monotonic() < end, f"never: {what}")
        time.sleep(0.02)
    return value
