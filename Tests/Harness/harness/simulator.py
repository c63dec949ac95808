"""The simulated authorization server."""

import json
import urllib.error
import urllib.request

from harness.process import Process
from harness.programs import BUILD
from harness.suite import expect


class Simulator(Process):
    """`has_cut_off_calls` is for tests that kill the daemon: a request that is cut off is addressed to nothing."""

    def __init__(self, *options, has_cut_off_calls=False):
        super().__init__("bearerd-simulator")
        self.options, self.has_cut_off_calls = options, has_cut_off_calls
        self.start()

    def start(self, *more_options):
        """Starts it, anew when it runs."""
        self.kill()
        super().start([BUILD / "bearerd-simulator", "serve", "--no-throttle", *self.options, *more_options])
        self.url = self.said("listening on ").split()[-1]
        return self

    def request(self, path, body=None, headers=None):
        request = urllib.request.Request(self.url + path, body and json.dumps(body).encode(), headers or {})
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.read()

    def faults(self, endpoint, *once, then=None):
        """Orders faults for the next calls, and `then` for all after them. Without any, the endpoint is well again."""
        order = {"endpoint": endpoint, "faults": once}
        self.request("/simulator/faults", order if then is None else {**order, "then": then})

    def report(self):
        return json.loads(self.request("/simulator/calls"))

    def count(self, endpoint):
        return self.report()["counts"][endpoint]

    def calls(self, endpoint):
        """All calls of the endpoint; none of any may be other than documented."""
        calls = self.report()["calls"]
        is_expected = lambda call: self.has_cut_off_calls and call["endpoint"] == "other"  # noqa: E731
        violations = [call for call in calls if "violation" in call and not is_expected(call)]
        expect(not violations, f"not as documented: {violations}")
        return [call for call in calls if call["endpoint"] == endpoint]

    def calls_from_now(self):
        return CallsSince(self)

    def accepts(self, token):
        """Whether an API would take the token."""
        try:
            self.request("/api/v2/example", headers={"Authorization": f"Bearer {token}"})
            return True
        except urllib.error.HTTPError:
            return False


class CallsSince:
    """The calls since this was made."""

    def __init__(self, simulator):
        self._simulator = simulator
        self._before = simulator.report()["counts"]

    def count(self, endpoint):
        return self._simulator.count(endpoint) - self._before[endpoint]

    def both(self):
        """The numbers of registrations and of token requests."""
        return self.count("register"), self.count("token")

    def list(self, endpoint):
        return self._simulator.calls(endpoint)[self._before[endpoint] :]
