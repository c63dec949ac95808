"""What systemd says of the sandbox, and what the sandbox does."""

import re

from harness.suite import case, eventually, expect, expect_equal, say
from support import broker
from support.host import Journal, is_active, pid, run, show, systemctl, systemd_version

PLACES = (
    "/ /etc /usr /var /var/lib /var/lib/bearerd /var/tmp /tmp /run /run/bearerd /run/lock /home /root /srv /opt /mnt"
    " /dev /dev/shm /dev/mqueue /sys /sys/fs/cgroup /proc"
).split()


@case("hardening: systemd-analyze security is content")
def _():
    text = run("systemd-analyze", "security", "--no-pager", "bearerd.service").stdout
    score = float(re.search(r"Overall exposure level for bearerd.service: ([0-9.]+)", text)[1])
    say(f"exposure level {score}")
    # PrivateUsers=full
    highest = 1.2 if systemd_version() >= 258 else 1.4
    expect(score <= highest, f"exposure level {score}, expected at most {highest}")


@case("hardening: each directive that costs points and is not set has its reason in the unit")
def _():
    rows = run("systemd-analyze", "security", "--no-pager", "bearerd.service").stdout.splitlines()
    costly = [row.split()[1] for row in rows if row.startswith("✗")]
    with open("/usr/lib/systemd/system/bearerd.service") as file:
        comments = [line for line in file if line.startswith("#")]
    for directive in costly:
        # `PrivateUsers=`, `RootDirectory=/RootImage=`, `RestrictAddressFamilies=~AF_(INET|INET6)`
        name = re.split("[~=/]+", directive.replace("(INET|INET6)", "INET"))[1 if "~" in directive else 0]
        expect(any(name in line for line in comments), f"no comment on {directive}")


@case("hardening: no privileges, no core files, no writable place but the state directory")
def _():
    broker.fresh()
    with open(f"/proc/{pid()}/status") as file:
        fields = dict(line.rstrip("\n").split(":\t", 1) for line in file)
    for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        expect_equal(int(fields[name], 16), 0, name)
    expect_equal((fields["NoNewPrivs"], fields["Seccomp"]), ("1", "2"), "NoNewPrivs, Seccomp")
    with open(f"/proc/{pid()}/limits") as file:
        core = next(line for line in file if line.startswith("Max core file size"))
    expect_equal(core.split()[4:6], ["0", "0"], "limits of core files")
    # As root: what root cannot write there nobody can.
    script = "for place; do (: > $place/probe) 2> /dev/null && echo $place; done; rm -f /var/lib/bearerd/probe"
    inside = ["nsenter", f"--target={pid()}", "--mount", "sh", "-c", script, "sh", *PLACES]
    expect_equal(run(*inside).stdout, broker.STATE + "\n", "writable places")
    for name in ("MemoryMax", "TasksMax", "LimitNOFILE", "CPUQuotaPerSecUSec"):
        expect(show(name) not in ("", "infinity"), f"{name} is not bounded")


@case("hardening: a kill by SIGSEGV leaves no core file and no crash report")
def _():
    broker.fresh()
    before, journal = pid(), Journal()
    systemctl("kill", "--signal=SIGSEGV", "bearerd.service")
    eventually(lambda: pid() not in (0, before) and is_active(), "running again")
    # A helper of the runtime would write a report under a number of its own.
    ours = [entry["MESSAGE"] for entry in journal.entries("_SYSTEMD_UNIT=bearerd.service")]
    expect_equal([text for text in ours if "rax" in text or "Crash" in text or "Backtrace" in text], [], "crash report")
    places = ["/", "/run", "/tmp", "/dev/shm"]
    found = run("find", *places, "-xdev", "-name", "core*", "-type", "f", "-newer", "/proc/1", check=False).stdout
    expect_equal(found, "", "core files")
