"""Asking a web port, against Python's own HTTP server."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from openworklist.clients.web_port import ask


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"status": "not ready"}' if self.path == "/readyz" else b"<html>"
        self.send_response(503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _serve(context: ssl.SSLContext | None) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("is_secure", [False, True])
def test_status_and_json_are_told_whoever_signed_the_certificate(papers: Path, is_secure: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers / "server.pem", papers / "server.key")
    with _serve(context if is_secure else None) as port:
        found = ask("127.0.0.1", port, "/readyz", is_secure=is_secure, timeout=30)
        assert found == (503, {"status": "not ready"})
        with pytest.raises(ValueError, match="Expecting value"):
            ask("127.0.0.1", port, "/", is_secure=is_secure, timeout=30)


def test_who_speaks_no_tls_is_an_error_of_the_system() -> None:
    with _serve(None) as port, pytest.raises(OSError, match="SSL"):
        ask("127.0.0.1", port, "/readyz", is_secure=True, timeout=30)
