"""What bearerd is compared with. A server has a socket, a protocol of `load`, and replies of a length in bytes."""

import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness.process import Process
from harness.suite import expect, require

CONNECTIONS = 8192


class Floor(Process):
    """It does nothing for a request."""

    protocol = "line"

    def __init__(self, program, length):
        super().__init__("floor")
        self.length = length
        self.start([program, self.socket, str(length)])
        self.listens()


class Redis(Process):
    """GET of a value, without persistence, over a Unix-domain socket."""

    protocol = "redis"

    def __init__(self, length):
        require("redis-server", "redis-cli")
        super().__init__("redis-server")
        command = ["redis-server", "--port", "0", "--unixsocket", self.socket, "--maxclients", str(CONNECTIONS)]
        self.start([*command, "--save", "", "--appendonly", "no", "--dir", self.directory])
        self.listens()
        # $LENGTH, the value, each with its line ending.
        value = "x" * (length - len(f"${length}\r\n\r\n"))
        self.length = len(f"${len(value)}\r\n{value}\r\n")
        # The socket is there a little before it is listened on.
        self.until(lambda: self.set(value), "it takes the value")

    def set(self, value):
        result = subprocess.run(["redis-cli", "-s", self.socket, "set", "token", value], capture_output=True)
        return result.stdout == b"OK\n"


class SSHAgent(Process):
    """The list of keys, each with a comment so long that the reply has the length that is wanted."""

    protocol = "agent"

    # Of an Ed25519 key in the reply: the length of the key and the key, the length of the comment.
    KEY, HEADER = 4 + 51 + 4, 4 + 1 + 4

    def __init__(self, length):
        require("ssh-agent", "ssh-add", "ssh-keygen")
        super().__init__("ssh-agent")
        self.start(["ssh-agent", "-D", "-a", self.socket])
        self.listens()
        self.keys = max(1, (length - self.HEADER) // 100)
        left = length - self.HEADER - self.keys * self.KEY
        for number in range(self.keys):
            comment = left // (self.keys - number)
            left -= comment
            self.add(self.directory / f"key-{number}", comment)
        self.length = length

    def add(self, path, comment):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "c" * comment, "-f", path], check=True)
        environment = {**os.environ, "SSH_AUTH_SOCK": str(self.socket)}
        subprocess.run(["ssh-add", "-q", path], env=environment, check=True)


class Provider(BaseHTTPRequestHandler):
    """As much of an OpenID provider as oidc-agent needs for its first token."""

    protocol_version = "HTTP/1.1"
    token = ""

    def do_GET(self):
        here = f"http://127.0.0.1:{self.server.server_port}"
        self.reply(
            issuer=here,
            authorization_endpoint=f"{here}/authorize",
            token_endpoint=f"{here}/token",
            scopes_supported=["openid", "offline_access"],
            grant_types_supported=["refresh_token"],
            response_types_supported=["code"],
        )

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.tokens += 1
        self.reply(access_token=self.token, token_type="Bearer", expires_in=86_400, scope="openid offline_access")

    def reply(self, **fields):
        body = json.dumps(fields).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OIDCAgent(Process):
    """oidc-agent with an account whose access token it has in memory, from a provider on the loopback interface."""

    def __init__(self, token):
        require("oidc-agent", "oidc-gen", "oidc-token")
        super().__init__("oidc-agent")
        home, path = str(self.directory), os.environ["PATH"]
        handler = type("Handler", (Provider,), {"token": token})
        self.provider = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.provider.tokens = 0
        threading.Thread(target=self.provider.serve_forever, daemon=True).start()
        self.environment = {"PATH": path, "HOME": home, "OIDC_CONFIG_DIR": home, "OIDC_SOCK": str(self.socket)}
        self.start(["oidc-agent", "-d", "-a", self.socket, "--no-webserver"], self.environment)
        self.listens()
        self.load_account()
        first = self.run("oidc-token", "benchmark")
        expect(first.stdout.strip() == token, f"oidc-token: {first.stdout} {first.stderr}")
        self.command = [shutil.which("oidc-token"), "benchmark"]
        self.before = self.provider.tokens

    def load_account(self):
        issuer = f"http://127.0.0.1:{self.provider.server_port}"
        result = self.run(
            *("oidc-gen", "--manual", "--flow=refresh", "--rt=refresh", f"--issuer={issuer}", "--client-id=benchmark"),
            *("--client-secret=secret", "--scope=openid offline_access", "--redirect-uri=http://localhost:4242"),
            *("--pw-env", "--prompt=none", "--confirm-default", "benchmark"),
        )
        expect(result.returncode == 0, f"oidc-gen: {result.stdout} {result.stderr}")

    def run(self, *command):
        environment = {**self.environment, "OIDC_ENCRYPTION_PW": "password"}
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=60
        )

    def __exit__(self, *_):
        super().__exit__()
        self.provider.shutdown()
        self.provider.server_close()
        expect(self.provider.tokens == self.before, "oidc-agent fetched a token anew: what was measured is not its memory")
