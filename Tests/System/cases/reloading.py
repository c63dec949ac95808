"""systemctl reload: the whole new configuration, or nothing and a reason."""

import subprocess

from harness.suite import case, expect, expect_equal
from support import broker
from support.host import Journal, pid, systemctl, write
from support.simulator import lifetime, simulator


def generations():
    return {profile["profile"]: profile["generation"] for profile in broker.ask(op="status")["profiles"]}


@case("reload: what did not change keeps its token, its connections and its watchers")
def _():
    broker.fresh(profiles={"default": {}})
    token, before, calls = broker.token(), pid(), simulator.calls_from_now()
    with broker.client() as watcher, broker.client() as other:
        watcher.ask(op="watch")
        other.ask(op="ping")
        broker.configure(profiles={"default": {}, "second": {}}, log_level="debug")
        journal = Journal()
        systemctl("reload", "bearerd.service")
        journal.wait_for("reloaded")
        expect("pong" in other.ask(op="ping"), "the connection was closed")
        expect_equal(broker.token() == token, True, "the same token")
        expect("access_token" in other.ask(op="token", profile="second"), "no token for the new profile")
        expect_equal(calls.both(), (1, 1), "registrations, token requests (of the new profile)")
        broker.configure(profiles={"second": {}})
        systemctl("reload", "bearerd.service")
        expect_equal(watcher.reply()["error"], "unknown_profile", "what the watcher is told")
        expect_equal(watcher.reply(), None, "what comes after it")
    expect_equal(pid(), before, "pid")


@case("reload: a watcher that stays is told of the next renewal")
def _():
    with lifetime(8):
        broker.fresh(profiles={"default": {}})
        with broker.client() as watcher:
            generation = watcher.ask(op="watch")["generation"]
            broker.configure(profiles={"default": {"renewal": {"at": 0.5, "jitter": 0}}})
            systemctl("reload", "bearerd.service")
            expect_equal(watcher.reply()["generation"], generation + 1, "generation")


@case("reload: what is invalid changes nothing, fails, and the journal says why")
def _():
    broker.fresh(profiles={"default": {}})
    token, before = broker.token(), generations()
    write(broker.CONFIGURATION, "profiles:\n  default: {redirect_url: x}\n")
    journal = Journal()
    result = systemctl("reload", "bearerd.service", check=False)
    expect(result.returncode != 0, "systemctl reload exited with 0")
    entry = journal.wait_for("reload_failed")
    expect("redirect_uri" in entry["MESSAGE"], f"no hint in {entry['MESSAGE']!r}")
    expect_equal(generations(), before, "generations")
    expect_equal(broker.token() == token, True, "the same token")


@case("reload: a right that is taken away reaches open connections")
def _():
    broker.fresh(profiles={"default": {"allow": {"users": ["root"], "groups": ["bearerd"]}}})
    ask = 'import sys; sys.path.insert(0, "/mnt/repository/Tests/Harness")\n' \
        "from harness.client import Client\n" \
        f"with Client('{broker.SOCKET}') as one:\n" \
        '    print("error" in one.ask(op="token"), flush=True); input()\n' \
        '    print(one.ask(op="token").get("error"))\n'
    player = subprocess.Popen(
        ["setpriv", "--reuid=player", "--regid=player", "--init-groups", "--", "python3", "-c", ask],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    expect_equal(player.stdout.readline().strip(), "False", "first answer is an error")
    broker.configure(profiles={"default": {"allow": {"users": ["root"]}}})
    systemctl("reload", "bearerd.service")
    output, _ = player.communicate("\n", timeout=20)
    expect_equal(output.strip(), "access_denied", "second answer")


@case("reload: only root and the daemon's user may")
def _():
    broker.fresh()
    expect_equal(broker.bearerctl("reload", user="player", check=False).returncode, 77, "exit code")
    expect_equal(broker.bearerctl("reload").returncode, 0, "exit code for root")
