"""bearerd and its simulated authorization server."""

import json
import socket
import urllib.request
from pathlib import Path

from support.processes import BUILD, Process

STATEMENT = "eyJhbGciOiJSUzI1NiJ9.eyJzb2Z0d2FyZV9pZCI6ImJlbmNobWFyayJ9.bWFkZS11cA"
# So that neither the largest row nor a start with many profiles meets a limit.
SETTINGS = "limits: {connections: 8192, connections_per_user: 8192}\nbudget: {rate: 10, burst: 10}\nstartup: {wait: 60}\n"


class Simulator(Process):
    def __init__(self, directory, lifetime=21_600):
        directory.mkdir()
        super().__init__(directory, [BUILD / "bearerd-simulator", "serve", "--no-throttle", f"--lifetime={lifetime}"])
        self.url = self.said("listening on").split()[-1]

    def calls(self, endpoint):
        with urllib.request.urlopen(f"{self.url}/simulator/calls", timeout=10) as reply:
            return json.load(reply)["counts"][endpoint]


def write_configuration(directory, server, profiles):
    """`profiles`: for each name, the server of that profile, or None for `server`."""
    directory.mkdir()
    (directory / "statement").write_text(STATEMENT)
    lines = [f"server: {server}", SETTINGS + "profiles:"]
    for name, own in profiles.items():
        lines.append(f"  {name}:\n    software_statement: {{file: {directory}/statement}}")
        lines += [f"    server: {own}"] if own else []
    (directory / "bearerd.yaml").write_text("\n".join(lines) + "\n")


def command_of(directory, binary=BUILD / "bearerd"):
    return [
        *(binary, "--config", directory / "bearerd.yaml", "--socket", directory / "bearerd.sock"),
        *("--state-directory", directory / "state"),
    ]


class Daemon(Process):
    """A daemon that has a token for its default profile."""

    protocol = "line"

    def __init__(self, directory, server, profiles=None, binary=BUILD / "bearerd", prefix=()):
        write_configuration(directory, server, profiles or {"default": None})
        super().__init__(directory, [*prefix, *command_of(directory, binary)])
        self.name = "bearerd"
        self.socket = directory / "bearerd.sock"
        self.until("has a token", self.has_token)

    def has_token(self):
        try:
            return b'"access_token"' in self.reply()
        except OSError:  # not yet on its socket
            return False

    def reply(self):
        return ask(self.socket, {"op": "token"})


def ask(path, request):
    """The reply as a line."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(path))
        connection.sendall(json.dumps(request).encode() + b"\n")
        return connection.makefile("rb").readline()
