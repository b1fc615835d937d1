from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.cli.send import read_answer
from openworklist.domain.errors import MessageError, PeerError

NOBODY = "127.0.0.1:1"


def send(*arguments: object) -> Any:
    return CliRunner().invoke(application, ["send", *map(str, arguments)])


@pytest.mark.parametrize("content", [b"", b"\r\n \n", b"FHS|^~\\&|RIS\rBHS|^~\\&|RIS\rBTS|0\rFTS|0\r"])
def test_a_file_without_a_message_is_told_before_anybody_is_called(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "order.hl7").write_bytes(b"MSH|^~\\&|RIS\r")
    (tmp_path / "empty.hl7").write_bytes(content)

    ended = send(tmp_path / "order.hl7", tmp_path / "empty.hl7", "--to", NOBODY)

    assert isinstance(ended.exception, MessageError)
    assert ended.exception.sentence == f"{tmp_path / 'empty.hl7'} holds no message."


def test_stdin_may_be_empty_too() -> None:
    assert str(send("-", "--to", NOBODY).exception).startswith("stdin holds no message.")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert isinstance(send(tmp_path / "nothing.hl7", "--to", NOBODY).exception, MessageError)
    assert isinstance(send(tmp_path, "--to", NOBODY).exception, MessageError)


def test_nobody_at_the_address_is_told(tmp_path: Path) -> None:
    (tmp_path / "order.hl7").write_bytes(b"MSH|^~\\&|RIS\r")

    assert isinstance(send(tmp_path / "order.hl7", "--to", NOBODY).exception, PeerError)


@pytest.mark.parametrize(
    "arguments", [[], ["file"], ["--to", NOBODY], ["file", "--to", "host"], ["file", "--to", ":1"]]
)
def test_wrong_usage_is_told(arguments: list[str]) -> None:
    assert send(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"MSH|^~\\&|OW\rMSA|AA|1\r", "AA"),
        (b"MSH|^~\\&|OW||||||ACK||||||||||8859/1\rMSA| AE |1|\xfc\r", "AE"),
        (b"MSH|^~\\&|OW\r", ""),
        (b"hello\xff", ""),
        (b"", ""),
    ],
)
def test_an_answer_is_read_as_far_as_it_is_one(answer: bytes, code: str) -> None:
    assert read_answer(answer)[1] == code
