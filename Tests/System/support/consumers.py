"""Whoever reads a token file, and an API in front of which every token is checked."""

import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness.suite import running
from support.host import drop_in, remove_drop_in, run, systemctl, write
from support.simulator import simulator


class API:
    """Answers with a metric to whoever has a valid token, by the word of the authorization server; counts all others."""

    def __init__(self, port):
        self.good, self.bad = 0, []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                kind, _, token = self.headers.get("Authorization", "").partition(" ")
                is_good = kind == "Bearer" and simulator.accepts(token)
                api._count(is_good, f"{self.path}: {'a token that is not valid' if token else 'no token'}")
                body = b"answered 1\n" if is_good else b"refused\n"
                self.send_response(200 if is_good else 401)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{port}"
        running.append(self)

    def _count(self, is_good, otherwise):
        with self._lock:
            if is_good:
                self.good += 1
            else:
                self.bad.append(otherwise)

    def remove(self):
        running.remove(self)
        self._server.shutdown()
        self._server.server_close()


class Consumer:
    """A consumer's unit, bound to the token file of a profile by drop-ins, and started."""

    def __init__(self, unit, profile, settings):
        self.unit, self.keeper = unit, f"bearerd-token@{profile}.service"
        drop_in("file", f"[Service]\n{settings}\n", self.keeper)
        drop_in(
            "token",
            f"[Unit]\nWants={self.keeper}\nAfter={self.keeper}\nReloadPropagatedFrom={self.keeper}\n",
            unit,
        )
        running.append(self)
        systemctl("start", unit)

    def remove(self):
        running.remove(self)
        systemctl("stop", self.unit, self.keeper, check=False)
        systemctl("reset-failed", self.unit, self.keeper, check=False)
        remove_drop_in("file", self.keeper)
        remove_drop_in("token", self.unit)


class Nginx(Consumer):
    """A reverse proxy in front of `url`, which adds the header by an included file and is reloaded."""

    def __init__(self, profile, url, port=8080):
        self.url = f"http://127.0.0.1:{port}/"
        write(
            "/etc/nginx/conf.d/bearer.conf",
            f"server {{ listen 127.0.0.1:{port}; location / {{\n"
            f"  include /run/bearerd-token/{profile}/access_token*;\n  proxy_pass {url}/nginx;\n}} }}\n",
        )
        super().__init__("nginx.service", profile, "Environment=FORMAT=nginx")

    def ask(self):
        with urllib.request.urlopen(self.url, timeout=10) as reply:
            return reply.status


class Prometheus(Consumer):
    """It scrapes `url` five times a second with `credentials_file`."""

    def __init__(self, profile, url):
        write(
            "/etc/prometheus/prometheus.yml",
            "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n- job_name: api\n"
            f"  metrics_path: /prometheus\n  authorization: {{credentials_file: /run/bearerd-token/{profile}/access_token}}\n"
            f"  static_configs: [{{targets: ['{url.removeprefix('http://')}']}}]\n",
        )
        super().__init__("prometheus.service", profile, "Group=prometheus")


class Curl(Consumer):
    """A job without a unit of its own that reads a configuration file."""

    def __init__(self, profile, url):
        self.url = f"{url}/curl"
        self.file = f"/run/bearerd-token/{profile}/access_token"
        write("/run/systemd/system/curl.target", "[Unit]\nDescription=Jobs with curl\n")
        super().__init__("curl.target", profile, "Environment=FORMAT=curl\nGroup=www-data")

    def ask(self):
        command = ["curl", "--silent", "--fail", "--max-time", "10", "--config", self.file, self.url]
        return run(*command, user="www-data", check=False).returncode
