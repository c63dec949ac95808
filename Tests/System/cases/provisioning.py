"""Client credentials of another host, by systemd's credential stores."""

import json
import os

from harness.suite import case, expect, expect_equal
from support import broker
from support.host import Journal, drop_in, remove_drop_in, run, systemctl, write
from support.simulator import simulator

PLAIN = "/etc/credstore/client_credentials"
ENCRYPTED = "/etc/credstore.encrypted/client_credentials"


def export():
    """The credentials of a host that has registered; then it is another host, which has no statement and knows nothing."""
    broker.fresh()
    broker.token()
    pair = broker.bearerctl("export").stdout
    broker.client_secrets.add(json.loads(pair)["client_secret"])
    broker.reset(profiles={"default": {"client": {"credential": "client_credentials"}}})
    os.remove(broker.STATEMENT_FILE)
    return pair


def serves():
    """The running broker serves, and has not registered."""
    calls = simulator.calls_from_now()
    broker.start()
    broker.token()
    expect_equal(calls.both(), (0, 1), "registrations, token requests")
    profile = broker.ask(op="status")["profiles"][0]
    expect(profile["provisioned"], "the status does not say that the profile is provisioned")
    expect_equal(os.path.exists(f"{broker.STATE}/default"), False, "a state directory of the profile")


@case("provisioned: by /etc/credstore, with the unit as it is installed; others by a restart; without one exit 78")
def _():
    pair = export()
    write(PLAIN, pair, mode=0o600)
    serves()
    calls = simulator.calls_from_now()
    systemctl("restart", "bearerd.service")
    broker.token()
    expect_equal(calls.both(), (0, 0), "registrations, token requests of a restart")
    journal = Journal()
    write(PLAIN, json.dumps({**json.loads(pair), "client_id": "another"}), mode=0o600)
    systemctl("restart", "bearerd.service")
    journal.wait_for("stored_token_dropped")
    entry = journal.wait_for("profile_refused", BEARERD_ERROR="invalid_client")
    expect("restart bearerd" in entry["MESSAGE"], f"no advice in {entry['MESSAGE']}")
    os.remove(PLAIN)
    systemctl("restart", "bearerd.service", check=False)
    entry = journal.wait_for("start_failed")
    expect(PLAIN in entry["MESSAGE"], f"no place in {entry['MESSAGE']}")


@case("provisioned: encrypted, by the commands of Fleets.md")
def _():
    pair = export()
    run("install", "-d", "-m", "0700", "/etc/credstore.encrypted")
    run("systemd-creds", "encrypt", "--name=client_credentials", "-", ENCRYPTED, input=pair)
    drop_in("encrypted-client", "[Service]\nLoadCredentialEncrypted=client_credentials\n")
    serves()
    remove_drop_in("encrypted-client")
    os.remove(ENCRYPTED)


@case("provisioned: an export is in the journal with the unit of who asked")
def _():
    broker.fresh()
    journal = Journal()
    # Its output would go to the journal.
    command = ["systemd-run", "--quiet", "--wait", "--unit=exporter", "--property=StandardOutput=null"]
    run(*command, "/usr/bin/bearerctl", "export")
    journal.wait_for("credentials_exported", BEARERD_PEER_UNIT="exporter.service", BEARERD_PROFILE="default")
