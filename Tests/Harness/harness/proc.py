"""What /proc says of a process."""

import os
from pathlib import Path


def memory(pid):
    """Of all mappings together, in KiB, by the names of smaps_rollup."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) for name, value in (line.split(":", 1) for line in lines)}


def private_megabytes(pid):
    fields = memory(pid)
    return (fields["Private_Dirty"] + fields["Private_Clean"]) / 1024


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def threads(pid):
    """The names of the threads, the main thread first."""
    return [path.read_text().strip() for path in sorted(Path(f"/proc/{pid}/task").glob("*/comm"), key=_number)]


def context_switches(pid):
    """For each thread, by its number, the times that it gave up a processor or was made to."""
    switches = {}
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        switches[_number(status)] = int(fields["voluntary_ctxt_switches"]) + int(fields["nonvoluntary_ctxt_switches"])
    return switches


def _number(path):
    return int(path.parent.name)
