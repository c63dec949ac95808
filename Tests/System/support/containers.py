"""Containers that are given the directory of the sockets, read-only: how each program is told to run a command in one.

Each has a root directory of its own, into which the machine's /usr is bound.
"""

import json
import os
import re
import shutil
import subprocess

from harness.suite import expect
from support.host import run, write

DIRECTORY = "/run/bearerd"
PAGE = "/mnt/repository/Sources/BearerService/BearerService.docc/Containers.md"
# The range of host ids that the page gives to containers.
FIRST, COUNT = 524288, 65536
IDS = f"{FIRST}:{COUNT}"
ROOTS = "/run/boxes"
# Exit code of bearerctl.
DENIED = 77


def root_directory(name, owner="root"):
    path = f"{ROOTS}/{name}"
    shutil.rmtree(path, ignore_errors=True)
    for folder in ("dev", "etc", "proc", "run/bearerd", "sys", "tmp", "usr", "var"):
        os.makedirs(f"{path}/{folder}")
    for link in ("bin", "lib", "lib64", "sbin"):
        os.symlink(f"usr/{link}", f"{path}/{link}")
    write(f"{path}/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    write(f"{path}/etc/group", "root:x:0:\n")
    run("chown", "--recursive", f"{owner}:{owner}", path)
    return path


def bubblewrap(*options, user=None):
    command = ["bwrap", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"]
    return [*as_user(user), *command, "--proc", "/proc", "--dev", "/dev", "--ro-bind", DIRECTORY, DIRECTORY, *options]


def nspawn(*options, unit=None):
    """By a unit, since it wants a control group of its own."""
    command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--console=pipe", "--bind-ro=/usr"]
    return [*by_unit(unit), *command, f"--directory={root_directory('nspawn')}", f"--bind-ro={DIRECTORY}", *options]


def podman(*options, user=None, owner=None):
    """Called by root or by `user`; `owner` is the host's user that owns the root directory, else the caller.

    Without control groups and keyrings, which a container may not make within another.
    """
    write("/etc/containers/containers.conf", "[containers]\nkeyring = false\n")
    limits = ["--cgroups=disabled", "--network=none", "--log-driver=none"]
    volumes = ["--volume=/usr:/usr:ro", f"--volume={DIRECTORY}:{DIRECTORY}:ro"]
    root = root_directory("podman", owner=owner or user or "root")
    run_it = ["podman", "--storage-driver=vfs", "run", "--rm", *limits, *volumes, *options, "--rootfs", root]
    return [*by_unit(user=user), "--setenv=PODMAN_IGNORE_CGROUPSV1_WARNING=1", *run_it]


def service(*properties):
    """A unit of the machine with a root directory of its own."""
    root = root_directory("service")
    binds = [f"RootDirectory={root}", f"BindReadOnlyPaths=/usr {DIRECTORY}", "MountAPIVFS=yes"]
    return [*by_unit(), *(f"--property={text}" for text in [*binds, *properties])]


def as_user(user):
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"] if user else []


def by_unit(unit=None, user=None):
    command = ["systemd-run", "--quiet", "--wait", "--pipe", "--collect"]
    if unit:
        command += [f"--unit={unit}"]
    if user:
        home = f"/run/{user}"
        run("install", "--directory", f"--owner={user}", "--mode=0700", home)
        command += [f"--property=User={user}", f"--setenv=HOME={home}", f"--setenv=XDG_RUNTIME_DIR={home}"]
    return command


def show_file(path):
    """The file of that path as the page shows it: a block that begins with its name."""
    with open(PAGE) as page:
        blocks = re.findall(r"^```[a-z]*\n# (/\S+)\n(.*?)^```$", page.read(), re.MULTILINE | re.DOTALL)
    expect(path in dict(blocks), f"{PAGE} shows no {path}")
    return dict(blocks)[path]


def bearerctl(container, *arguments):
    """Runs it in the container; a failure is the caller's to judge."""
    return run(*container, "bearerctl", *arguments, check=False, stdin=subprocess.DEVNULL)


def visible(container):
    """The profiles whose `allow` names the container, in their order; DENIED when it cannot open the socket."""
    result = bearerctl(container, "status", "--json")
    if result.returncode == DENIED:
        return DENIED
    expect(result.returncode == 0, f"exit code {result.returncode}: {result.stderr.strip()}")
    return sorted(profile["profile"] for profile in json.loads(result.stdout)["profiles"])
