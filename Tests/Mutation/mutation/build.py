"""A small package of the core and its tests, with all mistakes in it, each with its switch; built once."""

import re
import shutil
import subprocess
from pathlib import Path

from harness.suite import expect
from mutation.source import Source
from mutation.mistakes import numbered
from mutation.switches import functions, switchable

ROOT = Path(__file__).parents[3]
PLACE = ROOT / ".build-mutation"
_CORE = "Sources/BearerCore"
# The mistakes that did not compile the last time, so that the next time needs no attempt to find them.
_KNOWN = PLACE / "uncompilable"
# What the tests of the core read or use beside the core.
_SUPPORT = [f"Tests/TestSupport/{name}.swift" for name in ("Files", "MarkdownTable", "SeededGenerator", "SystemError")]
_PAGES = "Sources/BearerService/BearerService.docc"
_FEATURES = ["ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault", "NonisolatedNonsendingByDefault"]
_MANIFEST = f"""\
// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = {_FEATURES}.map {{ .enableUpcomingFeature($0) }} + [.unsafeFlags(["-enable-testing"])]
let package = Package(
    name: "bearerd",
    targets: [
        .target(name: "BearerCore", swiftSettings: settings),
        .target(name: "TestSupport", dependencies: ["BearerCore"], path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(name: "BearerCoreTests", dependencies: ["BearerCore", "TestSupport"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
""".replace("'", '"')
_UNUSED = re.compile(r"^([^\s:]+\.swift):(\d+):\d+: warning: result of .* is unused", re.MULTILINE)
_ERROR = re.compile(r"^([^\s:]+\.swift):(\d+):\d+: error: ", re.MULTILINE)


def built():
    """Returns the mistakes that compile, those that do not, and the program that runs the tests."""
    (PLACE / "Sources/BearerCore").mkdir(parents=True, exist_ok=True)
    files = sorted((ROOT / _CORE).rglob("*.swift"))
    sources = [Source(str(file.relative_to(ROOT / _CORE)), file.read_text()) for file in files]
    mistakes, dropped = numbered(sources), []
    known = _KNOWN.read_text().splitlines() if _KNOWN.exists() else []
    wrong = [mistake for mistake in mistakes if mistake.key in known]
    while True:
        dropped += wrong
        mistakes = [mistake for mistake in mistakes if mistake not in wrong]
        if not (wrong := _compile(sources, mistakes)):
            break
    _write(_KNOWN, "".join(f"{mistake.key}\n" for mistake in dropped))
    _write(PLACE / "Package.swift", _MANIFEST)
    for place in [*_SUPPORT, *_files("Tests/BearerCoreTests"), *_files(_PAGES)]:
        _write(PLACE / place, (ROOT / place).read_bytes())
    for file in [*(PLACE / "Tests").rglob("*.swift"), *(PLACE / _CORE).rglob("*.swift")]:
        if file.name != "Switches.swift" and not (ROOT / file.relative_to(PLACE)).exists():
            file.unlink()
    command = ["swift", "build", "--build-tests", "-c", "release", "--package-path", PLACE, "-q"]
    subprocess.run(command, check=True)
    return mistakes, dropped, PLACE / ".build/release/bearerdPackageTests.xctest"


def _files(folder):
    return [file.relative_to(ROOT) for file in (ROOT / folder).rglob("*") if file.is_file()]


def _compile(sources, mistakes):
    """Writes the core and compiles it. Returns the mistakes that do not compile."""
    is_new = _write(PLACE / _CORE / "Switches.swift", functions(mistakes))
    for source in sources:
        text = switchable(source, [mistake for mistake in mistakes if mistake.source is source])
        is_new |= _write(PLACE / _CORE / source.name, text)
    if not is_new and _KNOWN.exists():
        return []
    flags = [flag for feature in _FEATURES for flag in ("-enable-upcoming-feature", feature)]
    command = ["swiftc", "-swift-version", "6", "-package-name", "bearerd", "-module-name", "BearerCore", *flags]
    command += ["-parse-as-library", "-wmo", "-diagnostic-style", "llvm", "-emit-sil", "-o", "/dev/null"]
    command += (PLACE / _CORE).rglob("*.swift")
    result = subprocess.run(command, capture_output=True, text=True)
    # A result that is not used is what the function returns, and no statement.
    deletions = [mistake for mistake in mistakes if mistake.what.endswith("is deleted")]
    wrong = _at(_UNUSED, result.stderr, deletions)
    if result.returncode == 0 or wrong:
        return wrong
    wrong = _at(_ERROR, result.stderr, deletions) or _at(_ERROR, result.stderr, mistakes)
    expect(wrong, f"the core with its mistakes does not compile:\n{result.stderr[-4000:]}")
    return wrong


def _at(pattern, messages, mistakes):
    """The mistakes in the lines that the compiler complains of."""
    lines = {(file, int(line)) for file, line in pattern.findall(messages)}

    def is_there(mistake):
        begin, end = (mistake.source.line_number(offset) for offset in (mistake.begin, mistake.end))
        return any((str(PLACE / _CORE / mistake.source.name), line) in lines for line in range(begin, end + 1))

    return [mistake for mistake in mistakes if is_there(mistake)]


def _write(path, content):
    """Leaves a file alone that is right, so that it is not compiled again. Returns whether it was another."""
    content = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True
