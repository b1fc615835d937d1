"""`openworklist send`: messages from files to an HL7 port, each with its acknowledgement."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from openworklist.cli.console import printable
from openworklist.cli.flags import parse_address


def send(
    files: Annotated[list[Path], typer.Argument(help="Files with one or more HL7 messages; - is stdin.")],
    to: Annotated[str, typer.Option(help="HL7 port of the receiver, HOST:PORT.")],
    timeout: Annotated[float, typer.Option(help="Seconds to wait for each acknowledgement.")] = 30,
) -> None:
    """Send HL7 messages over MLLP and show the acknowledgements; exit 1 unless all were accepted."""
    from openworklist.clients.mllp import MllpClient
    from openworklist.hl7.batch import split_messages

    host, port = parse_address(to)
    messages = [message for file in files for message in split_messages(_read(file))]
    are_all_accepted = True
    with MllpClient(host, port, timeout=timeout) as client:
        for message in messages:
            answer = client.send(message)
            text, code = read_answer(answer)
            print(printable(text), flush=True)
            are_all_accepted &= code in ("AA", "CA")
    raise typer.Exit(0 if are_all_accepted else 1)


def _read(file: Path) -> bytes:
    from openworklist.domain.errors import MessageError

    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise MessageError(f"{file} cannot be read: {error.strerror}.", where=str(file)) from error


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
