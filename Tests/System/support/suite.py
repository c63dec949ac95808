"""Cases, what they expect, and their results."""

import subprocess
import time
import traceback

_cases = []


class Failure(Exception):
    pass


class Skip(Exception):
    """What is to be tried is not there; the reason is said."""


def case(sentence):
    """Registers a function as a case, named by what holds."""

    def register(function):
        _cases.append((sentence, function))
        return function

    return register


def expect(condition, otherwise):
    if not condition:
        raise Failure(otherwise)


def expect_equal(found, expected, what):
    expect(found == expected, f"{what}: found {found!r}, expected {expected!r}")


def eventually(condition, what, within=15):
    """Waits for what tells nobody that it has happened; returns what `condition` returned."""
    end = time.monotonic() + within
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise Failure(f"not within {within} s: {what}")
        time.sleep(0.05)


def run(words):
    passed, failed, skipped = 0, [], 0
    for sentence, function in _cases:
        # The others need what these install.
        if words and not any(word in sentence for word in ["install: ", *words]):
            continue
        started = time.monotonic()
        try:
            function()
        except Skip as reason:
            skipped += 1
            print(f"SKIPPED  {sentence}: {reason}")
        except Exception as error:  # a case may fail in any way
            failed.append(sentence)
            print(f"FAILED   {sentence}: {_text(error)}")
            _show_journal()
        else:
            passed += 1
            print(f"passed   {sentence} ({time.monotonic() - started:.1f} s)")
    for sentence in failed:
        print(f"failed: {sentence}")
    print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def _text(error):
    if isinstance(error, Failure):
        return str(error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/Tests/System/" in frame.filename]
    places = [f"{frame.filename.rsplit('/', 1)[1]}:{frame.lineno}" for frame in frames]
    return f"{type(error).__name__}: {error} ({', '.join(places)})"


def _show_journal():
    command = ["journalctl", "--no-pager", "--lines=12", "--output=short-monotonic", "--unit=bearerd*"]
    lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    print("".join(f"         | {line}\n" for line in lines), end="")
