"""A TLS server with a certificate that nobody trusts."""

import socket
import ssl
import subprocess
import tempfile
import threading


class UntrustedServer:
    """Every handshake with it fails. `attempts` counts the connections."""

    def __init__(self):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as directory:
            key, certificate = f"{directory}/key.pem", f"{directory}/certificate.pem"
            subprocess.run(
                [
                    *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate),
                    *("-days", "2", "-subj", "/CN=untrusted", "-addext", "subjectAltName=IP:127.0.0.1"),
                ],
                check=True,
                capture_output=True,
            )
            self.context.load_cert_chain(certificate, key)
        self.attempts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A thread that waits in accept(2) is woken by this, not by close(2).
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.attempts += 1
            connection.settimeout(5)
            try:
                self.context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()
