import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.domain.errors import PeerError


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A web server of another kind; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody wants to read it."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def ready(*arguments: str) -> Any:
    return CliRunner().invoke(application, ["ready", *arguments])


def test_a_server_that_is_not_ready_says_why() -> None:
    with answering(
        503, b'{"status": "not ready", "problems": {"database": "the disk is\\u001b[2J full"}}'
    ) as to:
        ended = ready("--to", to)

    assert (ended.exit_code, ended.stdout) == (1, "not ready\n")
    assert ended.stderr == "database: the disk is [2J full\n"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'"ready"', b'{"status": 1, "problems": 7}', b"\xff"]
)
def test_another_web_server_is_told_from_ours(body: bytes) -> None:
    with answering(200, body) as to:
        ended = ready("--to", to)

    assert isinstance(ended.exception, PeerError)
    assert ended.exception.sentence == f"{to} does not answer like OpenWorklist."


def test_nobody_at_the_address_is_told() -> None:
    assert isinstance(ready("--to", "127.0.0.1:1").exception, PeerError)


@pytest.mark.parametrize(
    "arguments", [["--to", "3000"], ["--to", "host:0"], ["--timeout", "-1"], ["--timeout", "0"], ["now"]]
)
def test_wrong_usage_of_ready_is_told(arguments: list[str]) -> None:
    assert ready(*arguments).exit_code == 2


@pytest.mark.parametrize("arguments", [["--hl7-port", "x"], ["--port", "1"], ["now"], ["--config"]])
def test_wrong_usage_of_serve_is_told(arguments: list[str]) -> None:
    assert CliRunner().invoke(application, ["serve", *arguments]).exit_code == 2
