"""Who may ask: other users' processes try what policy forbids."""

import os
import socket
import tempfile
import time
from pathlib import Path

from harness.daemon import Daemon
from harness.suite import case, eventually, expect, say
from support.users import Visitor

PLAYER, STRANGER, NOBODY, GROUP = 1001, 1002, 65534, 50
OPEN = ("--socket-mode", "0666")


def refused_at_start(simulator, settings="", policy="", options=OPEN, **others):
    """What a daemon says that does not start for want of a right configuration."""
    before = len(simulator.calls("register"))
    daemon = Daemon(simulator, settings, {"default": policy}, options).start(**others)
    status = daemon.process.wait(30)
    daemon.kill()
    expect(status == 78, f"{policy!r}: ended with {status}")
    expect(len(simulator.calls("register")) == before, f"{policy!r}: asked upstream all the same")
    return daemon.lines()[-1]


@case("users and groups, the supplementary ones too, decide by the kernel's word")
def policies(simulator):
    table = [
        ("allow: {users: [1001]}", PLAYER, PLAYER, [], True),
        ("allow: {users: [1001]}", STRANGER, STRANGER, [], False),
        ("allow: {users: [1001]}", 0, 0, [], False),
        ("allow: {groups: [50]}", STRANGER, GROUP, [], True),
        ("allow: {groups: [50]}", STRANGER, STRANGER, [7, GROUP], True),
        ("allow: {groups: [50]}", STRANGER, STRANGER, [*range(5000, 5300), GROUP], True),
        ("allow: {groups: [50]}", STRANGER, STRANGER, [7], False),
        # Without its kind, allow denies.
        ('allow: {units: ["*"]}', PLAYER, PLAYER, [GROUP], False),
        ('allow: {units: ["*"]}', 0, 0, [0], False),
        ("allow: {users: [1001], groups: [50]}", PLAYER, PLAYER, [], True),
        ("allow: {users: [1001], groups: [50]}", STRANGER, GROUP, [], True),
        # Nobody in particular, whatever its groups.
        ("allow: {groups: [50]}", NOBODY, NOBODY, [GROUP], False),
    ]
    for policy in dict.fromkeys(row[0] for row in table):
        daemon = Daemon(simulator, profiles={"default": policy}, options=OPEN).started()
        for _, uid, gid, groups, is_allowed in [row for row in table if row[0] == policy]:
            with Visitor(daemon.socket, uid, gid, groups) as visitor:
                for request in ({"op": "token"}, {"op": "renew", "rejected": "x"}, {"op": "watch"}):
                    reply = visitor.ask(**request)
                    found = "access_token" in reply
                    what = f"{policy}: uid {uid}, gid {gid}, groups {groups[-3:]}: {request}: {reply.get('error')}"
                    expect(found == is_allowed, what)
                    expect(found or reply["error"] == "access_denied", what)
        daemon.end()
    say(f"{len(table)} processes of other users, three requests each")


@case("without allow the socket's mode decides; open to the world, the daemon does not start")
def modes(simulator):
    daemon = Daemon(simulator, options=("--socket-group", "50")).started()
    with Visitor(daemon.socket, STRANGER, STRANGER, [GROUP]) as visitor:
        expect("access_token" in visitor.ask(op="token"), "a member of the socket's group got no token")
    try:
        Visitor(daemon.socket, STRANGER).close()
        expect(False, "a stranger could connect")
    except PermissionError:
        pass
    daemon.end()
    said = refused_at_start(simulator)
    expect("0666" in said and "allow" in said, said)
    # One that systemd bound: what counts is the path's mode, the descriptor's is always 0777.
    for mode, starts in ((0o666, False), (0o660, True)):
        with socket.socket(socket.AF_UNIX) as listener:
            path = f"/dev/shm/bearerd-hostile-{os.getpid()}.sock"
            listener.bind(path)
            os.chmod(path, mode)
            listener.listen(16)
            how = {
                "prefix": ("sh", "-c", f'exec 3<&{listener.fileno()} && LISTEN_PID=$$ exec "$@"', "sh"),
                "environment": {"LISTEN_FDS": "1", "LISTEN_FDNAMES": "bearerd.socket"},
                "descriptors": [listener.fileno()],
            }
            if starts:
                Daemon(simulator, **how).started().end()
            else:
                said = refused_at_start(simulator, options=(), **how)
                expect("0666" in said, said)
            os.unlink(path)


@case("an allow that is empty or names nobody this host knows is refused at start")
def empty(simulator):
    for policy in ("allow: {}", "allow: {users: []}", "allow: {groups: []}", "allow:", "allow: {users: [65534]}"):
        expect("allow" in refused_at_start(simulator, policy=policy), f"{policy} is not named")
    begin = time.monotonic()
    said = refused_at_start(simulator, "startup: {wait: 2}", "allow: {users: [no-such-user], groups: [no-such-group]}")
    expect("no-such-user" in said and "no-such-group" in said, said)
    expect(1 < time.monotonic() - begin < 15, "it was not looked up again for two seconds")


@case("a name service that answers late is waited for during startup.wait")
def late_names(simulator):
    names = tempfile.NamedTemporaryFile(prefix="bearerd-hostile-passwd-")
    passwd = Path(names.name)
    passwd.write_bytes(Path("/etc/passwd").read_bytes())
    prefix = ("unshare", "-m", "--propagation", "private", "sh", "-c")
    prefix += (f'mount --bind {passwd} /etc/passwd && exec "$@"', "sh")
    daemon = Daemon(simulator, "startup: {wait: 30}", {"default": "allow: {users: [late-player]}"}, OPEN, prefix=prefix)
    daemon.start()
    time.sleep(1.5)
    expect(daemon.process.poll() is None, f"it did not wait: {daemon.lines()}")
    expect(not daemon.socket.exists(), "it serves without knowing whom")
    with open(passwd, "a") as file:
        file.write(f"late-player:x:{PLAYER}:{PLAYER}::/:/bin/false\n")
    daemon.said("ready", 60)
    with Visitor(daemon.socket, PLAYER) as player, Visitor(daemon.socket, STRANGER) as stranger:
        expect("access_token" in player.ask(op="token"), "late-player got no token")
        expect(stranger.ask(op="token")["error"] == "access_denied", "a stranger got a token")
    daemon.end()


@case("a right that a reload takes away ends on open connections: asking, waiting, watching")
def taken_away(simulator):
    both = {"default": "allow: {users: [1001, 1002]}", "other": "allow: {users: [1001]}"}
    daemon = Daemon(simulator, profiles=both, options=OPEN).started()
    with Visitor(daemon.socket, PLAYER) as asking, Visitor(daemon.socket, PLAYER) as waiting, Visitor(
        daemon.socket, PLAYER
    ) as watching, Visitor(daemon.socket, STRANGER) as stays:
        token = asking.ask(op="token")["access_token"]
        expect(watching.ask(op="watch")["access_token"] == token, "no token to watch")
        expect(stays.ask(op="watch")["access_token"] == token, "no token to watch")
        simulator.faults("token", {"delay": 1500})
        waiting.send(op="renew", rejected=token)
        eventually(lambda: len(simulator.calls("token")) == 3, "the renewal is under way")
        daemon.configure(profiles={**both, "default": "allow: {users: [1002]}"})
        expect("error" not in daemon.ask(op="reload"), "the reload failed")
        expect(watching.reply()["error"] == "access_denied", "the watcher was not told")
        expect(watching.reply() is None, "the watcher's connection goes on")
        expect(asking.ask(op="token")["error"] == "access_denied", "an open connection kept the right")
        expect(waiting.reply()["error"] == "access_denied", "a request that waited kept the right")
        expect(asking.ask(op="token", profile="other").get("access_token"), "the other profile's right is gone")
        expect(stays.reply()["access_token"] != token, "who kept the right lost its watch")
        names = [profile["profile"] for profile in asking.ask(op="status")["profiles"]]
        expect(names == ["other"], f"status shows {names}")
    daemon.end()


@case("status shows what one may have; the rest is as good as not there")
def visibility(simulator):
    profiles = {"default": "allow: {users: [1001]}", "music": "allow: {groups: [50]}", "units": 'allow: {units: ["*"]}'}
    daemon = Daemon(simulator, profiles=profiles, options=OPEN).started()
    expected = {
        (PLAYER, ()): ["default"],
        (STRANGER, (GROUP,)): ["music"],
        (PLAYER, (GROUP,)): ["default", "music"],
        (STRANGER, ()): [],
        (NOBODY, (GROUP,)): [],
        (0, ()): ["default", "music", "units"],
    }
    for (uid, groups), names in expected.items():
        with Visitor(daemon.socket, uid, uid, groups) as visitor:
            reply = visitor.ask(op="status")
            found = [profile["profile"] for profile in reply["profiles"]]
            expect(found == names, f"uid {uid}, groups {groups}: sees {found}, expected {names}")
            for name in profiles:
                one = visitor.ask(op="status", profile=name)
                expect(("profiles" in one) == (name in names), f"uid {uid}: status of {name}: {one}")
            for request in ({"op": "reload"}, {"op": "register", "force": True}):
                if uid != 0:
                    expect(visitor.ask(**request)["error"] == "access_denied", f"uid {uid} may {request}")
    expect(len(simulator.calls("register")) >= 3, "the profiles did not register")
    daemon.end()


@case("denials are told in the journal, once a minute and user, with uid, pid and unit")
def denials(simulator):
    daemon = Daemon(simulator, profiles={"default": "allow: {users: [0]}"}, options=OPEN).started()
    hierarchy = Path("/sys/fs/cgroup/unified" if os.path.isdir("/sys/fs/cgroup/unified") else "/sys/fs/cgroup")
    unit = f"hostile-{os.getpid()}.service"
    try:
        (hierarchy / unit).mkdir()
    except OSError:
        unit = None
        say("SKIPPED the unit: no control group can be made here")
    try:
        enter = (lambda: (hierarchy / unit / "cgroup.procs").write_text(str(os.getpid()))) if unit else (lambda: None)
        with Visitor(daemon.socket, PLAYER, prepare=enter) as visitor, Visitor(daemon.socket, STRANGER) as other:
            for _ in range(1000):
                expect(visitor.ask(op="token")["error"] == "access_denied", "a token for nothing")
            for _ in range(10):
                other.ask(op="watch")
            lines = [line for line in daemon.lines() if "access_denied" in line]
            expect(len(lines) == 2, f"{len(lines)} entries: {lines[:5]}")
            ours = next(line for line in lines if f"peer_uid={PLAYER}" in line)
            expect(f"peer_pid={visitor.process}" in ours, ours)
            expect(not unit or f"peer_unit={unit}" in ours, ours)
            theirs = next(line for line in lines if f"peer_uid={STRANGER}" in line)
            expect(not unit or f"peer_unit={unit}" not in theirs, theirs)
    finally:
        if unit:
            eventually(lambda: not (hierarchy / unit / "cgroup.procs").read_text(), "the control group is empty")
            (hierarchy / unit).rmdir()
    daemon.end()
