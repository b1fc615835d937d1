"""`openworklist send`: messages from files to an HL7 port, each with its acknowledgement."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from openworklist.cli.console import Progress, printable
from openworklist.cli.flags import Timeout, parse_address


class Message(NamedTuple):
    """`name` says which one it is where there are several: `orders.hl7, message 2 of 5`."""

    name: str
    content: bytes


def send(
    files: Annotated[list[Path], typer.Argument(help="Files with one or more HL7 messages; - is stdin.")],
    to: Annotated[str, typer.Option(help="HL7 port of the receiver, HOST:PORT.")],
    timeout: Timeout = 30,
) -> None:
    """Send HL7 messages over MLLP and show the acknowledgements; exit 1 unless all were accepted."""
    from openworklist.clients.mllp import MllpClient

    host, port = parse_address(to)
    messages = [message for file in files for message in _read_messages(file)]
    accepted = 0
    try:
        with Progress() as progress, MllpClient(host, port, timeout=timeout) as client:
            for sent, message in enumerate(messages):
                progress.show(f"{sent} of {len(messages)} sent, {accepted} accepted")
                text, code = read_answer(client.send(message.content))
                accepted += code in ("AA", "CA")
                progress.clear()
                if len(messages) > 1:
                    print(printable(f"{message.name}:"))
                print(printable(text), flush=True)
    finally:
        if len(messages) > 1:
            print(f"{accepted} of {len(messages)} accepted")
    raise typer.Exit(0 if accepted == len(messages) else 1)


def _read_messages(file: Path) -> list[Message]:
    from openworklist.domain.errors import MessageError
    from openworklist.hl7.batch import split_messages

    name = "stdin" if str(file) == "-" else str(file)
    try:
        raw = sys.stdin.buffer.read() if name == "stdin" else file.read_bytes()
    except OSError as error:
        raise MessageError(f"{name} cannot be read: {error.strerror}.", where=name) from error
    found = split_messages(raw)
    if not found:
        raise MessageError(f"{name} holds no message.", where=name)
    if len(found) == 1:
        return [Message(name, found[0])]
    return [
        Message(f"{name}, message {number} of {len(found)}", each)
        for number, each in enumerate(found, start=1)
    ]


def read_answer(answer: bytes) -> tuple[str, str]:
    """The text of an acknowledgement and its MSA-1; a code of "" where it has none."""
    from openworklist.domain.errors import OpenWorklistError
    from openworklist.hl7.charset import decode
    from openworklist.hl7.message import parse

    try:
        text = decode(answer).text
        return text, parse(text).get("MSA-1").strip()
    except OpenWorklistError:
        return answer.decode("latin_1"), ""
