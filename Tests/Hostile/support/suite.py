"""Cases, what they say, and what makes them fail."""

import time

_cases = []


class Failure(Exception):
    pass


def case(sentence):
    """Registers a function as a case, named by what holds. It is given a simulator of its own."""

    def register(function):
        _cases.append((sentence, function))
        return function

    return register


def expect(condition, text):
    if not condition:
        raise Failure(text)


def say(text):
    print(f"         | {text}", flush=True)


def run(words, make_simulator, end_all):
    """Runs the cases with one of the words in their sentences, or all; returns the exit status."""
    failed = passed = 0
    for sentence, function in _cases:
        if words and not any(word in sentence or word == function.__name__ for word in words):
            continue
        begin = time.monotonic()
        simulator = make_simulator()
        try:
            function(simulator)
        except Exception as error:  # a case may fail in any way
            failed += 1
            place = "" if isinstance(error, Failure) else f" ({_place(error)})"
            print(f"FAILED   {sentence}: {type(error).__name__}: {error}{place}", flush=True)
        else:
            passed += 1
            print(f"passed   {sentence} ({time.monotonic() - begin:.1f} s)", flush=True)
        finally:
            end_all()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _place(error):
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[1]}:{trace.tb_lineno}"
