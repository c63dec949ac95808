"""What strace(1) does to the real daemon, without the daemon's help."""

# What the daemon says once it has a token.
TOKEN = ": token for "


def traced(daemon, calls, *options, paths=(), inject=None):
    """Starts the daemon below strace, which traces these system calls, or those that concern one of the paths."""
    options = [*options, "-e", f"trace={calls}"]
    for path in paths:
        options += ["-P", path]
    if inject:
        options += ["-e", f"inject={calls}:{inject}"]
    return daemon.start(prefix=["strace", "-f", "-qq", "-o", daemon.directory / "trace", *options])


def end_strace(daemon):
    """Leaves the daemon alone."""
    daemon.process.kill()
    daemon.process.wait()
