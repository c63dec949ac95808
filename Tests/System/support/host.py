"""Commands, units and the journal of the machine."""

import json
import os
import subprocess
import time

from harness.suite import Failure, eventually, say

UNITS = ["bearerd.service", "bearerd.socket", "bearerd-credential.socket"]


def run(*command, check=True, timeout=60, user=None, **options):
    """Runs a command; `user` by name, with the groups that it has now."""
    if user:
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *command]
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)
    if check and result.returncode != 0:
        raise Failure(f"{' '.join(command)} exited with {result.returncode}: {result.stderr.strip()}")
    return result


def systemctl(*arguments, **options):
    return run("systemctl", *arguments, **options)


def show(name, unit="bearerd.service"):
    return systemctl("show", f"--property={name}", "--value", unit).stdout.strip()


def systemd_version():
    return int(systemctl("--version").stdout.split()[1])


def is_active(unit="bearerd.service"):
    return show("ActiveState", unit) == "active"


def pid(unit="bearerd.service"):
    return int(show("MainPID", unit))


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)


def drop_in(name, text, unit="bearerd.service"):
    write(f"/etc/systemd/system/{unit}.d/{name}.conf", text)
    systemctl("daemon-reload")


def remove_drop_in(name, unit="bearerd.service"):
    os.remove(f"/etc/systemd/system/{unit}.d/{name}.conf")
    systemctl("daemon-reload")


def show_journal():
    command = ["journalctl", "--no-pager", "--lines=12", "--output=short-monotonic", "--unit=bearerd*"]
    for line in run(*command, check=False).stdout.splitlines():
        say(line)


class Journal:
    """The entries written since it was made."""

    def __init__(self):
        self._start = time.monotonic_ns() // 1000

    def entries(self, *matches):
        run("journalctl", "--sync")
        # Not by --after-cursor: with matches, journalctl 252 leaves the first entry out.
        lines = run("journalctl", "--boot", "--output=json", "--all", *matches).stdout.splitlines()
        entries = [json.loads(line) for line in lines]
        return [entry for entry in entries if int(entry["__MONOTONIC_TIMESTAMP"]) >= self._start]

    def events(self):
        """The names of our own events, in their order."""
        return [entry["BEARERD_EVENT"] for entry in self.entries("--unit=bearerd") if "BEARERD_EVENT" in entry]

    def wait_for(self, event, **fields):
        def found():
            matches = [f"BEARERD_EVENT={event}", *(f"{name}={value}" for name, value in fields.items())]
            return self.entries(*matches)

        return eventually(found, f"a journal entry {event} {fields or ''}")[0]
