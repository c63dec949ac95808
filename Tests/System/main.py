"""Runs inside of the booted machine: the cases in the order of this list."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "Harness"))

from cases import (  # noqa: E402, F401  (importing a module registers its cases)
    installing,
    starting,
    asking,
    exiting,
    checking,
    restarting,
    versions,
    journal,
    reloading,
    credentials,
    token_files,
    statement,
    provisioning,
    stopping,
    watchdog,
    hardening,
    containers,
    secrets,
    uninstalling,
    package,
)
from harness import suite  # noqa: E402
from support.host import show_journal  # noqa: E402

with suite.in_order(800):
    # The others need what these install.
    sys.exit(suite.run(sys.argv[1:], always=["install: "], on_failure=show_journal))
