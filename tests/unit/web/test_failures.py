import asyncio
import json
import logging
from typing import Any

import pytest

from openworklist.web.failures import Failures
from openworklist.web.limits import BodyLimit
from openworklist.web.programs import is_for_programs


def _ask(app: Any, *bodies: bytes, **headers: str) -> list[Any]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/api/v1/files", "headers": pairs}
    waiting = list(bodies)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


async def _fail(scope: Any, receive: Any, send: Any) -> None:
    raise ValueError("DOE^JANE")


async def _read(scope: Any, receive: Any, send: Any) -> None:
    while (await receive())["more_body"]:
        pass


def test_what_nobody_foresaw_is_a_problem_and_quotes_no_patient(caplog: pytest.LogCaptureFixture) -> None:
    counted: list[str] = []
    with caplog.at_level(logging.INFO):
        start, body = _ask(Failures(_fail, counted.append), b"")
    assert counted == ["web_failures"]

    assert start["status"] == 500
    assert json.loads(body["body"])["code"] == "error"
    assert [record.message for record in caplog.records] == ["a request failed"]
    assert "DOE" not in caplog.text


def test_a_body_that_says_how_long_it_is_is_not_read() -> None:
    start, _ = _ask(BodyLimit(_read, most=10, applies=is_for_programs), content_length="11")

    assert start["status"] == 413


def test_a_body_that_does_not_say_so_is_read_no_further_than_may_be() -> None:
    with pytest.raises(Exception, match="413"):
        _ask(BodyLimit(_read, most=10, applies=is_for_programs), b"12345", b"123456", b"")
