"""bearerd as it is compared with others."""

from harness.daemon import Daemon
from harness.suite import expect

# So that neither the largest row nor a start with many profiles meets a limit.
SETTINGS = "limits: {connections: 8192, connections_per_user: 8192}\nstartup: {wait: 60}"


class Bearerd(Daemon):
    protocol = "line"

    def __init__(self, simulator, profiles=None, **how):
        super().__init__(simulator, SETTINGS, profiles, **how)

    def started(self):
        """Starts it, and waits for the token of its default profile, whatever the others have."""
        self.start()
        self.said(" serves ", 60)
        reply = self.ask(op="token", wait=60)
        expect("access_token" in reply, f"no token: {reply}")
        return self
