"""What /proc says of a process."""

from pathlib import Path


def memory(pid):
    """Resident memory, and the part of it that is private and was written to."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    fields = {name: int(value.split()[0]) for name, value in (line.split(":", 1) for line in lines)}
    return {"resident_kilobytes": fields["Rss"], "private_dirty_kilobytes": fields["Private_Dirty"]}


def threads(pid):
    """The names of the threads, the main thread first."""
    return [path.read_text().strip() for path in sorted(Path(f"/proc/{pid}/task").glob("*/comm"), key=number)]


def number(path):
    return int(path.parent.name)


def context_switches(pid):
    """For each thread, by its number, the times that it gave up a processor or was made to."""
    switches = {}
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        switches[number(status)] = int(fields["voluntary_ctxt_switches"]) + int(fields["nonvoluntary_ctxt_switches"])
    return switches
