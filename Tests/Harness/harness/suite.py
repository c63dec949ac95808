"""Cases, what they expect, and how they are run."""

import faulthandler
import shutil
import signal
import sys
import time
import traceback
from contextlib import contextmanager

SKIPPED = 77
# A case that takes longer, in seconds, has the place told where it is.
_LONG = 200
_cases = []
# What has been made and not yet removed, in this order.
running = []


class Failure(Exception):
    """Something is not as expected."""


class Skip(Exception):
    """Something that is needed is not there."""


def case(sentence):
    """Registers a function as a case. The sentence says what holds."""

    def register(function):
        _cases.append((sentence, function))
        return function

    return register


def expect(condition, otherwise):
    if not condition:
        raise Failure(otherwise)


def expect_equal(found, expected, what):
    expect(found == expected, f"{what}: found {found!r}, expected {expected!r}")


def require(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


def eventually(condition, what, within=15):
    """Waits until `condition` returns something that is true, and returns that. For events that nothing announces."""
    end = time.monotonic() + within
    while not (result := condition()):
        expect(time.monotonic() < end, f"not within {within} s: {what() if callable(what) else what}")
        time.sleep(0.01)
    return result


def settled(sample, what, quiet=0.5):
    """Waits until `sample` has returned the same for `quiet` seconds, and returns that."""
    last, since = sample(), time.monotonic()

    def is_quiet():
        nonlocal last, since
        if (now := sample()) != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since >= quiet

    eventually(is_quiet, f"{what} settles")
    return last


def say(text):
    print(f"         | {text}", flush=True)


def end_all():
    while running:
        running[-1].remove()


@contextmanager
def in_order(seconds=0):
    """Removes what runs when the block ends, also by SIGTERM or after this time; 0 means no limit."""
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not finished after {seconds} s"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    signal.alarm(seconds)
    try:
        yield
    except Failure as failure:
        sys.exit(str(failure))
    finally:
        end_all()


def run(words, arguments=tuple, always=(), on_failure=lambda: None):
    """Runs all cases, or those that a word selects: by a part of the sentence, or by the name of the function.

    `arguments` makes what each case is given; the words in `always` are added to any others. Returns the exit status: 1
    when a case failed or no case was selected, 77 when all were skipped.
    """
    passed, failed, skipped = 0, [], 0
    for sentence, function in _cases:
        if words and not any(word in sentence or word == function.__name__ for word in [*always, *words]):
            continue
        begin = time.monotonic()
        faulthandler.dump_traceback_later(_LONG, file=sys.stdout)
        try:
            function(*arguments())
        except Skip as reason:
            skipped += 1
            print(f"SKIPPED  {sentence}: {reason}", flush=True)
        except Exception as error:  # a case may fail in any way
            failed.append(sentence)
            print(f"FAILED   {sentence}: {_text(error)}", flush=True)
            on_failure()
        else:
            passed += 1
            print(f"passed   {sentence} ({time.monotonic() - begin:.1f} s)", flush=True)
        finally:
            end_all()
            faulthandler.cancel_dump_traceback_later()
    for sentence in failed:
        print(f"failed: {sentence}")
    print(f"{passed} passed, {len(failed)} failed, {skipped} skipped")
    if failed or not passed + skipped:
        return 1
    return 0 if passed else SKIPPED


def _text(error):
    if isinstance(error, Failure):
        return str(error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/Tests/" in frame.filename]
    places = [f"{frame.filename.rsplit('/', 1)[1]}:{frame.lineno}" for frame in frames[1:]]
    return f"{type(error).__name__}: {error} ({', '.join(places)})"
