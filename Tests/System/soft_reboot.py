"""What a soft reboot of the machine leaves: it ends whatever runs there, this program too, which is therefore run twice.

usage: soft_reboot.py before | after        by Tests/System/run, inside of the machine
"""

import json
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "Harness"))

from harness import suite  # noqa: E402
from harness.client import Client  # noqa: E402
from harness.suite import case, expect_equal  # noqa: E402
from support.host import UNITS, run, show, show_journal, systemctl  # noqa: E402

SOCKET = "/run/bearerd/bearerd.sock"
# A soft reboot leaves /run as it is.
SERVED = Path("/run/bearerd-served-before")


def served():
    with Client(SOCKET) as client:
        reply = client.ask(op="token")
    return {name: reply[name] for name in ("access_token", "expires_at")}


def before():
    @case("soft-reboot: there is a token before it")
    def _():
        # The simulated server of the cases before still runs, and what they configured is there.
        run(f"{Path(__file__).parents[2]}/systemd/install", env={**os.environ, "BUILD": "/mnt/build"})
        systemctl("enable", "--now", *UNITS)
        SERVED.write_text(json.dumps(served()))
        SERVED.chmod(0o600)
        # What the machine mounts from outside is gone afterwards.
        shutil.copytree(Path(__file__).parents[1], "/run/Tests", ignore=shutil.ignore_patterns("Corpus"))


def after():
    @case("soft-reboot: the token of before is served, although there is no server")
    def _():
        expect_equal(systemctl("show", "--property=SoftRebootsCount").stdout, "SoftRebootsCount=1\n", "soft reboots")
        names = [comm.read_text() for comm in Path("/proc").glob("[0-9]*/comm")]
        expect_equal([name for name in names if name.startswith("bearerd-simul")], [], "simulated servers")
        systemctl("start", "bearerd.service")
        expect_equal(served() == json.loads(SERVED.read_text()), True, "the same token, the same end")
        expect_equal(show("NFileDescriptorStore"), "1", "descriptors in the store")


with suite.in_order(60):
    {"before": before, "after": after}[sys.argv[1]]()
    sys.exit(suite.run([], on_failure=show_journal))
