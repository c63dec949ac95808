"""Runs inside of the booted machine: the cases in the order of this list."""

import sys

from cases import (  # noqa: F401  (importing a module registers its cases)
    installing,
    starting,
    asking,
    exiting,
    restarting,
    journal,
    reloading,
    credentials,
    statement,
    stopping,
    watchdog,
    hardening,
    secrets,
    uninstalling,
)
from support import suite

sys.exit(suite.run(sys.argv[1:]))
