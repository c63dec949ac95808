"""Clients that ask for a token all the time."""

import threading
import time

from support import broker


class Load:
    """Asks from `clients` connections until the block ends; a request that fails twice in a row is a failure."""

    def __init__(self, clients=50, pause=0.02):
        self.answers = 0
        self.failures = []
        self.longest = 0.0
        self._pause = pause
        self._end = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _ask(self):
        with broker.client() as client:
            while not self._end.wait(self._pause):
                started = time.monotonic()
                try:
                    reply = client.ask_again(op="token")
                    problem = None if reply and "access_token" in reply else f"the reply {reply}"
                except (EOFError, OSError) as error:
                    problem = repr(error)
                self._count(problem, time.monotonic() - started)

    def _count(self, problem, seconds):
        with self._lock:
            self.longest = max(self.longest, seconds)
            if problem is None:
                self.answers += 1
            else:
                self.failures.append(problem)
