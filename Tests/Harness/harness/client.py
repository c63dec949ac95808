"""A client of bearerd's socket."""

import json
import socket


class Client:
    """A connection on which requests and replies are lines."""

    def __init__(self, path, connection=None):
        self.path = str(path)
        self.open(connection)

    def open(self, connection=None):
        self.socket = connection or socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        if not connection:
            self.socket.connect(self.path)
        self.lines = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.lines.close()
        self.socket.close()

    def send(self, **request):
        self.socket.sendall(json.dumps(request).encode() + b"\n")

    def reply(self):
        """The next reply; None at the end of the connection."""
        line = self.lines.readline()
        if line and not line.endswith(b"\n"):
            raise EOFError(f"the connection ended within a line of {len(line)} bytes")
        return json.loads(line) if line else None

    def ask(self, **request):
        self.send(**request)
        return self.reply()

    def ask_again(self, **request):
        """As the client library does: connects again and asks once more when the connection ends without a reply."""
        try:
            if (reply := self.ask(**request)) is not None:
                return reply
        except (EOFError, ConnectionError):
            pass
        self.close()
        self.open()
        return self.ask(**request)
