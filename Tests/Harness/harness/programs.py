"""The programs under test, and those that are compiled for a test."""

import functools
import os
import subprocess
import tempfile
from pathlib import Path

from harness.suite import expect

BUILD = Path(os.environ.get("BUILD", Path(__file__).parents[3] / ".build/release")).resolve()


def require_binaries():
    for name in ("bearerd", "bearerctl", "bearerd-simulator"):
        expect(
            os.access(BUILD / name, os.X_OK),
            f"{BUILD / name}: missing; run swift build -c release --static-swift-stdlib first",
        )


@functools.cache
def _directory():
    """Of this run, for every user to enter."""
    directory = tempfile.TemporaryDirectory(prefix="bearerd-programs-")
    os.chmod(directory.name, 0o755)
    return directory


@functools.cache
def compiled(source):
    """Builds a program, or a library for LD_PRELOAD when the source defines no `main`."""
    flags = ["-O2", "-std=gnu17", "-Wall", "-Wextra", "-Werror"]
    if " main(" not in source.read_text():
        flags += ["-shared", "-fPIC"]
    program = Path(_directory().name) / source.stem
    subprocess.run(["cc", *flags, "-o", program, source], check=True)
    return program
