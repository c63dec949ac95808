"""The report as Markdown, for people."""

from measures.footprint import CONNECTIONS, PROFILES, QUIET_SECONDS


def table(*rows):
    """The first row is the heading."""
    heading, *rest = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (heading, ["---", *["---:"] * (len(heading) - 1)], *rest))


def rate(server):
    return f"{server['requests_per_second']:,.0f}" if server else "–"


def wait(server):
    return f"{server['p50_microseconds']:.0f} / {server['p99_microseconds']:.0f}" if server else "–"


def ratio(server):
    return f"{server['bearerd_to_this']:.2f}" if server else "–"


def serving(report):
    """Requests a second, and of one connection the waits."""
    peers = ("floor", "redis-server", "ssh-agent")
    rows = [["requests a second", "bearerd", *peers, "bearerd / floor", "bearerd / redis-server"]]
    for name, servers in report["serving"].items():
        ratios = [ratio(servers.get("floor")), ratio(servers.get("redis-server"))]
        rows.append([name, rate(servers["bearerd"]), *(rate(servers.get(peer)) for peer in peers), *ratios])
        if name == "1 connection":
            waits = [wait(servers.get(peer)) for peer in ("bearerd", *peers)]
            rows.append(["1 connection: p50 / p99 in µs", *waits, "", ""])
    notes = [
        f"{name}: {value:.1f} {what}"
        for name, servers in report["serving"].items()
        for what, value in servers["bearerd"].items()
        if what.endswith("per second") and what != "requests_per_second"
    ]
    return table(*rows) + "\n\n" + "; ".join([replies(report), *notes]) + "."


def replies(report):
    lengths = ", ".join(f"{name} {length}" for name, length in report["reply_bytes"].items())
    return f"Replies in bytes: {lengths}"


def processes(report):
    rows = [["a whole process", "ms"]]
    rows += [[name, f"{value['milliseconds']:.2f}"] for name, value in report["processes"].items()]
    return table(*rows)


def footprint(report):
    found = report["footprint"]
    rest, idle = found["at_rest"], found["idle"]

    def started(key):
        """Of bearerd, and of the programs beside it."""
        return ["{:.1f} (`true` {:.1f}, a C program {:.1f})".format(*(found[key][name]["milliseconds"] for name in found[key]))]

    def memory(key):
        return f"{found[key]['resident_bytes'] / 1024:.1f} / {found[key]['private_dirty_bytes'] / 1024:.1f}"

    rest_memory = f"{rest['resident_kilobytes'] / 1024:.1f} / {rest['private_dirty_kilobytes'] / 1024:.1f}"
    return table(
        ["bearerd at rest", ""],
        ["memory, resident / private dirty, MiB", rest_memory],
        [f"each idle connection (of {CONNECTIONS:,}), KiB", memory("per_connection")],
        [f"each profile (of {PROFILES}), KiB", memory("per_profile")],
        [f"threads after {QUIET_SECONDS} s: {', '.join(rest['threads'])}", str(len(rest["threads"]))],
        [f"context switches in {idle['seconds']} s without a client", str(idle["context_switches"])],
        ["exec to READY=1, all stored, ms", *started("start")],
        [f"exec to READY=1, {PROFILES} profiles, all stored, ms", *started("start_with_profiles")],
        *([f"`{name}` stripped, MiB", f"{size / 2**20:.1f}"] for name, size in found["stripped_bytes"].items()),
    )


def machine(report):
    return "{processors} × {processor}, Linux {kernel}; load average before: {load_average:.1f}.".format(**report["machine"])


def markdown(report):
    return "\n\n".join(part(report) for part in (machine, serving, processes, footprint))
