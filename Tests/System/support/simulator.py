"""The simulated authorization server, as a unit of the machine."""

import contextlib
import json
import urllib.request

from support.host import run
from support.suite import eventually

PORT = 8700
URL = f"http://127.0.0.1:{PORT}"


def start(lifetime=21600):
    run("systemctl", "stop", "simulator.service", check=False)
    run(
        "systemd-run", "--quiet", "--collect", "--unit=simulator", "--property=StandardOutput=null",
        "/mnt/build/bearerd-simulator", "serve", "--no-throttle", f"--port={PORT}", f"--lifetime={lifetime}",
    )
    eventually(_answers, "the simulator listens")


def stop():
    run("systemctl", "stop", "simulator.service")


@contextlib.contextmanager
def lifetime(seconds):
    """Tokens last that long within the block."""
    start(lifetime=seconds)
    try:
        yield
    finally:
        start()


def _request(path, order=None):
    body = None if order is None else json.dumps(order).encode()
    with urllib.request.urlopen(f"{URL}/simulator/{path}", body, timeout=10) as reply:
        return json.load(reply)


def _answers():
    try:
        return _request("calls")
    except OSError:
        return None


def faults(endpoint, *once, then=None):
    """Orders faults; without any it heals the endpoint."""
    order = {"endpoint": endpoint, "faults": list(once)}
    if then is not None:
        order["then"] = then
    _request("faults", order)


def violations():
    return _request("calls")["violations"]


class Calls:
    """Counts the calls since it was made."""

    def __init__(self):
        self._before = _request("calls")["counts"]

    def count(self, endpoint):
        return _request("calls")["counts"][endpoint] - self._before[endpoint]

    def both(self):
        """Registrations and token requests."""
        return self.count("register"), self.count("token")
