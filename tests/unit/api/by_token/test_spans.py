import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request

from openworklist.api.by_token.spans import Span, answer_spans, read_spans

SPANS = [Span(2, 3), Span(7, 2)]  # "cde" and "hi"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "letters"
    path.write_bytes(b"abcdefghij")
    return path


def _ask(file: Path, asked: str = "") -> tuple[int, dict[str, str], bytes]:
    headers = [(b"range", asked.encode())] if asked else []
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    answer: Any = answer_spans(Request(scope), nullcontext(file), lambda _: SPANS, "text/plain")
    sent: list[Any] = []

    async def run() -> None:
        async def receive() -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        await answer(scope, receive, send)

    asyncio.run(run())
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(each["body"] for each in sent[1:])


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("", 200, b"cdehi", None),
        ("bytes=0-", 206, b"cdehi", "bytes 0-4/5"),
        ("bytes=0-0", 206, b"c", "bytes 0-0/5"),
        ("bytes=2-3", 206, b"eh", "bytes 2-3/5"),
        ("bytes=3-999", 206, b"hi", "bytes 3-4/5"),
        ("bytes=-2", 206, b"hi", "bytes 3-4/5"),
        ("bytes=-99", 206, b"cdehi", "bytes 0-4/5"),
        ("bytes=5-", 416, b"", "bytes */5"),
        ("bytes=-0", 416, b"", "bytes */5"),
        ("bytes=99-100", 416, b"", "bytes */5"),
        ("bytes=3-1", 200, b"cdehi", None),
        ("bytes=-", 200, b"cdehi", None),
        ("bytes=0-1,3-4", 200, b"cdehi", None),
        ("bytes=0-" + "9" * 99, 200, b"cdehi", None),
        ("lines=0-1", 200, b"cdehi", None),
    ],
)
def test_a_range_goes_over_the_spans(
    file: Path, asked: str, status: int, body: bytes, told: str | None
) -> None:
    found = _ask(file, asked)

    assert (found[0], found[2], found[1].get("content-range")) == (status, body, told)
    if status != 416:
        assert found[1]["content-length"] == str(len(body))


def test_a_file_that_ends_too_early_is_no_whole_answer(file: Path) -> None:
    with pytest.raises(EOFError):
        list(read_spans(file, [Span(8, 10)]))
