"""No secret where it must not be, after all that the cases before have done."""

import glob
import os

from harness.daemon import CANARY
from harness.suite import case, expect, expect_equal
from support import broker
from support.host import run, systemctl

# What may hold secrets other than tokens: the statement that the operator put there, and our state.
ALLOWED = (broker.STATEMENT_FILE, broker.STATE)


def expect_absent(where, data):
    for name, secret in everything().items():
        expect(secret.encode() not in data, f"{name} in {where}")


def everything():
    found = {"the statement": CANARY}
    found |= {f"token {number}": token for number, token in enumerate(sorted(broker.tokens))}
    found |= {f"client secret {number}": secret for number, secret in enumerate(sorted(broker.client_secrets | broker.secrets()))}
    return found


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


@case("secrets: there is something to look for")
def _():
    broker.fresh(log_level="trace")
    broker.token()
    expect(broker.secrets(), "the state directory holds no client secret that could be found")
    expect(len(broker.tokens) > 1, "no tokens were seen")
    expect(len(broker.client_secrets) > 1, "no client secrets of the cases before")


@case("secrets: none in the journal, at any level")
def _():
    run("journalctl", "--sync")
    # Fields of several lines are binary there.
    export = run("journalctl", "--output=export", "--all", errors="surrogateescape").stdout
    expect_absent("the journal", export.encode(errors="surrogateescape"))


@case("secrets: none in an argument or an environment variable")
def _():
    for path in glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/environ"):
        expect_absent(path, read(path))


@case("secrets: none in what systemd shows")
def _():
    expect_absent("systemctl show", systemctl("show", "bearerd.service").stdout.encode())
    expect_absent("systemctl status", systemctl("status", "bearerd.service").stdout.encode())
    expect_absent("bearerctl status", broker.bearerctl("status", "--json").stdout.encode())
    expect_absent("bearerctl metrics", broker.bearerctl("metrics").stdout.encode())


@case("secrets: none in any file, core files included")
def _():
    places = [place for place in ("/etc", "/home", "/opt", "/root", "/run", "/srv", "/tmp", "/var", "/dev/shm")]
    search = ["grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings", "--devices=skip", "--file=-"]

    def files_with(secrets):
        found = run(*search, *places, input="\n".join(secrets), check=False).stdout.splitlines()
        return [path for path in found if "/credentials/" not in path]

    # A disk holds no token at all.
    expect_equal(files_with(broker.tokens), [], "files with a token")
    left = [path for path in files_with(everything().values()) if not path.startswith(ALLOWED)]
    expect_equal(left, [], "files with a secret")


@case("secrets: none can be read by a stranger")
def _():
    for path in [broker.STATE, *glob.glob(f"{broker.STATE}/**", recursive=True)]:
        mode = os.lstat(path).st_mode
        expect(mode & 0o077 == 0, f"{path} has mode {oct(mode)}")
