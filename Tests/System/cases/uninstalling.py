"""systemd/uninstall leaves what cannot be had again."""

import glob
import os

from harness.suite import case, expect, expect_equal
from cases.installing import forget_encrypted_statement, install, installed_files, run_printed_commands
from support import broker
from support.host import UNITS, is_active, systemctl
from support.simulator import simulator

KEEPERS = ["bearerd-token@default.service"]


@case("uninstall: takes away what was installed, leaves state and configuration")
def _():
    broker.fresh()
    before = broker.secrets()
    systemctl("enable", "--now", *KEEPERS)
    install("uninstall")
    expect_equal([path for path in installed_files() if os.path.exists(path)], [], "left")
    expect_equal([unit for unit in UNITS + KEEPERS if is_active(unit)], [], "still running")
    expect_equal(glob.glob("/etc/systemd/system/*.wants/bearerd*"), [], "links")
    install("uninstall")
    expect_equal(broker.secrets(), before, "client secrets in the state directory")
    expect(os.path.exists(broker.CONFIGURATION), "the configuration is gone")


@case("uninstall: installed again, the commands that it prints start all three units, which go on with the old credentials")
def _():
    calls = simulator.calls_from_now()
    run_printed_commands(install())
    expect_equal([unit for unit in UNITS if not is_active(unit)], [], "not running")
    expect_equal(systemctl("is-enabled", *UNITS).stdout.split(), ["enabled"] * 3, "all three units")
    # systemd has forgotten the token as well.
    expect_equal(calls.both(), (0, 1), "registrations, token requests")
    forget_encrypted_statement()
