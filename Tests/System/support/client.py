"""A client of the socket, which reconnects and asks once more when the connection ends, as the client library does."""

import json
import socket

PATH = "/run/bearerd/bearerd.sock"


class Client:
    def __init__(self, path=PATH, timeout=30):
        self._path = path
        self._timeout = timeout
        self._connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def connect(self):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._timeout)
        connection.connect(self._path)
        self._connection = connection
        self._input = connection.makefile("rb")

    def close(self):
        if self._connection:
            self._input.close()
            self._connection.close()
            self._connection = None

    def send(self, **request):
        if not self._connection:
            self.connect()
        self._connection.sendall(json.dumps(request).encode() + b"\n")

    def send_raw(self, data):
        self._connection.sendall(data)

    def receive_raw(self):
        """What comes until the end of the line or of the connection."""
        return self._input.readline()

    def receive(self):
        """The next reply; EOFError when there is none."""
        line = self._input.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the connection ended without a reply")
        return json.loads(line)

    def ask_once(self, **request):
        self.send(**request)
        return self.receive()

    def ask(self, **request):
        try:
            return self.ask_once(**request)
        except (EOFError, ConnectionError):
            self.close()
            return self.ask_once(**request)


def token(**request):
    """The reply to one `token` request over a new connection."""
    with Client() as client:
        return client.ask(op="token", **request)


def status():
    with Client() as client:
        return client.ask(op="status")
