"""`openworklist send`: messages from files, or records, to an HL7 port or into the queue."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from openworklist.cli.console import Progress, printable
from openworklist.cli.exporting import print_left_out
from openworklist.cli.flags import (
    Ca,
    Certificate,
    Key,
    ServerName,
    Timeout,
    UseTls,
    find_actor,
    make_tls,
    parse_address,
    takes_settings,
)
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.clients.mllp import MllpClient
    from openworklist.domain.destination import Destination
    from openworklist.domain.errors import PeerError


class Message(NamedTuple):
    """`name` says which one it is where there are several: `orders.hl7, message 2 of 5`."""

    name: str
    content: bytes


@takes_settings("data", "database", "time_zone")
def send(
    loaded: Loaded,
    to: Annotated[str, typer.Option(help="HL7 port of the receiver, HOST:PORT.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files with one or more HL7 messages; - is stdin.")
    ] = None,
    records: Annotated[
        list[int] | None, typer.Option("--record", help="A stored record, as an order; may be repeated.")
    ] = None,
    profile: Annotated[str, typer.Option(help="Mapping of the receiver of a record.")] = "",
    receiver: Annotated[
        str, typer.Option(metavar="APP|FAC", help="Receiving application and facility of a record.")
    ] = "",
    timeout: Timeout = 30,
    retries: Annotated[
        int, typer.Option(min=0, help="How often to try again a connection that cannot be made.")
    ] = 0,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    key: Key = None,
    server_name: ServerName = "",
    queue: Annotated[
        bool, typer.Option("--queue", help="Put them into the outbound queue: the server sends them.")
    ] = False,
) -> None:
    """Send HL7 messages over MLLP and show the acknowledgements; exit 1 unless all were accepted."""
    from openworklist.domain.destination import Destination

    security = make_tls(tls, ca, certificate, key, server_name)
    destination = Destination(*parse_address(to), security)
    if not (files or records):
        raise typer.BadParameter("name files, or records by --record")
    messages = [message for file in files or () for message in _read_messages(file)]
    messages += _compose(loaded, records or (), profile, receiver)
    if queue:
        _queue(loaded, messages, destination)
    else:
        _send(messages, destination, timeout, retries)


def _compose(loaded: Loaded, numbers: Iterable[int], profile: str, receiver: str) -> Iterator[Message]:
    """Records as orders; what the mapping of the receiver has no place for is told on stderr."""
    from openworklist.app.doors import open_store
    from openworklist.services.clock import read_clock
    from openworklist.services.configurations import Configurations
    from openworklist.services.export import compose_record
    from openworklist.services.records import Records

    application, _, facility = receiver.partition("|")
    for number in numbers:
        with open_store(loaded.settings) as database:
            composed = compose_record(
                Records(database).get(number),
                Configurations(database).current(),
                now=read_clock(),
                zone=loaded.settings.zone(),
                profile=profile,
                receiver=(application, facility),
            )
        print_left_out(number, composed.left_out)
        yield Message(f"record {number}", composed.content)


def _queue(loaded: Loaded, messages: Sequence[Message], destination: Destination) -> None:
    from openworklist.app.doors import open_shared_store
    from openworklist.clients.tls import make_context
    from openworklist.services.outbound import Outbound

    if destination.tls is not None:
        make_context(destination.tls)  # says now what is wrong with its files
    with open_shared_store(loaded.settings) as database:
        numbers = Outbound(database).put(
            [message.content for message in messages], destination, actor=find_actor()
        )
    for number, message in zip(numbers, messages, strict=True):
        print(printable(f"{message.name}: number {number} in the queue to {destination.name}"))


def _send(messages: Sequence[Message], destination: Destination, timeout: float, retries: int) -> None:
    from openworklist.clients.mllp import MllpClient

    accepted = 0
    try:
        with (
            Progress() as progress,
            MllpClient(
                destination.host, destination.port, timeout=timeout, tls=destination.tls, retries=retries
            ) as client,
        ):
            for sent, message in enumerate(messages):
                progress.show(f"{sent} of {len(messages)} sent, {accepted} accepted")
                text, is_accepted = _deliver(client, message, progress)
                accepted += is_accepted
                progress.clear()
                if len(messages) > 1:
                    print(printable(f"{message.name}:"))
                print(printable(text), flush=True)
    finally:
        if len(messages) > 1:
            print(f"{accepted} of {len(messages)} accepted")
    raise typer.Exit(0 if accepted == len(messages) else 1)


def _deliver(client: MllpClient, message: Message, progress: Progress) -> tuple[str, bool]:
    """What came back, and whether it accepts the message."""
    from openworklist.domain.errors import MessageError
    from openworklist.hl7.receipt import Verdict, read_asked

    def say(error: PeerError) -> None:
        progress.clear()
        print(printable(f"{message.name}: sent again, the same. {error.sentence}"), file=sys.stderr)

    try:
        read_asked(message.content)
    except MessageError:
        # What is no message is sent as it is, to see what the receiver says of it.
        text, code = read_answer(client.send(message.content))
        return text, code in ("AA", "CA")
    answer = client.deliver(message.content, resend=say)
    if answer is None:
        return "sent; it asks for no acknowledgement", True
    return read_answer(answer.content)[0], answer.verdict is Verdict.ACCEPTED


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
