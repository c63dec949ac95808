"""The broker of the machine: its configuration, its state, and a fresh start."""

import glob
import json
import os
import shutil

from harness.client import Client
from harness.daemon import STATEMENT
from harness.suite import expect
from support.host import UNITS, run, systemctl, write
from support.simulator import simulator

SOCKET = "/run/bearerd/bearerd.sock"
CONFIGURATION = "/etc/bearerd/bearerd.yaml"
STATEMENT_FILE = "/etc/credstore/software_statement"
STATE = "/var/lib/bearerd"

# Every token and client secret that a case has seen, for the search at the end.
tokens = set()
client_secrets = set()


def configure(**keys):
    """Writes the configuration; JSON is YAML."""
    write(CONFIGURATION, json.dumps({"server": simulator.url, **keys}, indent=2))


def provide_statement(text=STATEMENT):
    write(STATEMENT_FILE, text + "\n", mode=0o600)


def stop():
    systemctl("stop", *UNITS, check=False)
    systemctl("reset-failed", *UNITS, check=False)


def reset(**keys):
    """Stops it and forgets everything; the next start registers."""
    stop()
    # Before systemd 254 a stop has done it, and there is no such resource.
    systemctl("clean", "--what=fdstore", "bearerd.service", check=False)
    client_secrets.update(secrets())
    for path in glob.glob(f"{STATE}/*") + glob.glob(f"{STATE}/.[!.]*"):
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    for endpoint in ("register", "token"):
        simulator.faults(endpoint)
    provide_statement()
    configure(**keys)


def start():
    systemctl("start", "bearerd.service")


def fresh(**keys):
    """Running, registered, with a token."""
    reset(**keys)
    start()


def client():
    return Client(SOCKET)


def ask(**request):
    """The reply to a request over a new connection."""
    with client() as one:
        return one.ask_again(**request)


def token(**request):
    """The current token itself."""
    reply = ask(op="token", **request)
    expect("access_token" in reply, f"no token: {reply}")
    tokens.add(reply["access_token"])
    return reply["access_token"]


def secrets():
    """The client secrets in the state directory, by the files that may hold them."""
    found = set()
    for path in glob.glob(f"{STATE}/**/*", recursive=True):
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                found |= set(_secrets_in(file.read()))
    return found


def _secrets_in(text):
    for line in text.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict) and "client_secret" in value:
            yield value["client_secret"]


def bearerctl(*arguments, **options):
    return run("bearerctl", *arguments, **options)
