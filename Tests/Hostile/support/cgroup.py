"""A control group of a process's own: what the kernel charges to it, its socket buffers among that. See cgroups(7)."""

import os
from pathlib import Path

from harness.suite import running


class Cgroup:
    """Below the group that this process is in. `place` is None where that cannot be had."""

    def __init__(self):
        self.place = None
        running.append(self)
        parent = own_memory_group()
        if parent is None:
            return
        place = parent / f"bearerd-{os.getpid()}"
        try:
            place.mkdir()
        except OSError:
            return
        if any((place / name).exists() for name in USAGE):
            self.place = place
        else:
            place.rmdir()

    def enter(self):
        """For the process that calls; what it does from then on is charged here."""
        if self.place:
            (self.place / "cgroup.procs").write_text(str(os.getpid()))

    def held(self):
        """MiB that cannot be had back: all but what files have in memory."""
        usage = next(self.place / name for name in USAGE if (self.place / name).exists())
        fields = dict(line.split() for line in (self.place / "memory.stat").read_text().splitlines())
        files = int(fields["file"]) if "file" in fields else int(fields["total_cache"])
        shared = int(fields.get("shmem", fields.get("total_shmem", 0)))
        return (int(usage.read_text()) - files + shared) / (1 << 20)

    def remove(self):
        """Once the process is gone."""
        running.remove(self)
        if self.place:
            self.place.rmdir()


# Of version 2 and version 1.
USAGE = ("memory.current", "memory.usage_in_bytes")


def own_memory_group():
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    for _, controllers, path in lines:
        if "memory" in controllers.split(","):
            return existing("/sys/fs/cgroup/memory", path)
    for number, controllers, path in lines:
        if number == "0" and controllers == "":
            group = existing("/sys/fs/cgroup", path)
            if group and "memory" in (group / "cgroup.subtree_control").read_text().split():
                return group
    return None


def existing(mount, path):
    """The group, or the mount where the path is of another namespace."""
    for place in (Path(mount + path), Path(mount)):
        if place.is_dir():
            return place
    return None
