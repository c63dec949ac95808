"""Who is given a token, in a real process of a real user."""

from harness.suite import case, eventually, expect, expect_equal
from support import broker
from support.host import Journal, run
from support.simulator import simulator


@case("ask: a member of the group is given the token, bare")
def _():
    broker.fresh()
    token = broker.token()
    expect_equal(broker.bearerctl("token", user="player").stdout, token + "\n", "bearerctl token")


@case("ask: a user who is in no group cannot open the socket (77)")
def _():
    result = broker.bearerctl("token", user="stranger", check=False)
    expect_equal((result.returncode, result.stdout), (77, ""), "exit code and output")


@case("ask: allow decides by user, and the journal names who was denied")
def _():
    broker.fresh(profiles={"default": {"allow": {"users": ["stranger"]}}})
    journal = Journal()
    result = broker.bearerctl("token", user="player", check=False)
    expect_equal((result.returncode, result.stdout), (77, ""), "exit code and output")
    player = run("id", "--user", "player").stdout.strip()
    journal.wait_for("access_denied", BEARERD_PEER_UID=player, BEARERD_PROFILE="default")


@case("ask: allow decides by group, of any kind")
def _():
    broker.fresh(profiles={"default": {"allow": {"groups": ["bearerd"]}}})
    expect(broker.bearerctl("token", user="player").stdout, "no token for a member of the group")


@case("ask: bash completes the profiles that the user may see")
def _():
    broker.fresh(profiles={"default": {}, "live": {}, "secret": {"allow": {"users": ["stranger"]}}})
    script = (
        "source /usr/share/bash-completion/completions/bearerctl; COMP_WORDS=(bearerctl token --profile ''); COMP_CWORD=3; "
        "COMP_LINE='bearerctl token --profile '; COMP_POINT=26; _bearerctl bearerctl '' --profile; echo ${COMPREPLY[@]}"
    )
    expect_equal(run("bash", "-c", script, user="player").stdout.split(), ["default", "live"], "completions")


@case("ask: ping --ready fails until there is a token")
def _():
    broker.reset(startup={"wait": 0})
    simulator.faults("token", then={"status": 503})
    broker.start()
    result = broker.bearerctl("ping", "--ready", user="player", check=False)
    expect_equal((result.returncode, result.stdout), (75, ""), "exit code and output")
    simulator.faults("token")
    ready = lambda: broker.bearerctl("ping", "--ready", "--profile=default", user="player", check=False).returncode == 0
    eventually(ready, "it is ready", within=30)


@case("ask: bearerctl says that there is no daemon (69)")
def _():
    broker.stop()
    expect_equal(broker.bearerctl("token", check=False).returncode, 69, "exit code")
