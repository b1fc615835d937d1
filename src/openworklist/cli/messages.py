"""`openworklist messages`: the journal as a list, one message whole, its bytes; and process again."""

from __future__ import annotations

import sys
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from openworklist.cli.console import format_moment, print_json, print_table, printable
from openworklist.cli.flags import AsJson, parse_dates, parse_sender, takes_settings, to_moments
from openworklist.cli.reprocess import reprocess
from openworklist.domain.outcome import Outcome
from openworklist.settings import Loaded

application = typer.Typer(help="Look at the messages that arrived.", no_args_is_help=True)
application.command()(reprocess)

_HEADS = ("id", "received", "sender", "type", "control ID", "outcome", "reason")
Number = Annotated[int, typer.Argument(metavar="ID", help="The message's id in the list.")]


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_messages(
    loaded: Loaded,
    date: Annotated[str, typer.Option(help="Day or range of arrival, like 20260314-20260320.")] = "",
    outcome: Annotated[
        Outcome | None, typer.Option(case_sensitive=False, help="Only with this outcome.")
    ] = None,
    sender: Annotated[str, typer.Option(metavar="APP[|FAC]", help="Sending application and facility.")] = "",
    message_type: Annotated[str, typer.Option("--type", help="Message type, like ORM or ORM^O01.")] = "",
    control_id: Annotated[str, typer.Option(help="Message control ID (MSH-10).")] = "",
    channel: Annotated[str, typer.Option(help="The way it came, like mllp.")] = "",
    record: Annotated[int, typer.Option(min=0, help="Only those that changed this record.")] = 0,
    text: Annotated[str, typer.Option(help="Text in the message; it takes longer.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List the messages that arrived, the newest first, with what became of each."""
    from openworklist.services.journal import Journal, spell
    from openworklist.store.journal import Filter

    zone = loaded.settings.zone()
    since, until = to_moments(parse_dates(date), zone) if date else (0, 0)
    application_name, facility = parse_sender(sender)
    asked = Filter(
        since,
        until,
        outcome,
        channel or None,
        application_name,
        facility,
        control_id or None,
        message_type or None,
        record or None,
        spell(text) if text else (),
    )
    with _database(loaded) as database:
        found = Journal(database).find_all(asked, limit + 1).messages
    if as_json:
        print_json([_to_json(message, zone) for message in found[:limit]])
    else:
        print_table(_HEADS, [_to_row(message, zone) for message in found[:limit]])
    if len(found) > limit:
        print(f"the newest {limit}: --limit shows more, --date and its like fewer", file=sys.stderr)


@application.command("show")
@takes_settings("data", "database", "time_zone", "default_charset")
def show_message(loaded: Loaded, number: Number, as_json: AsJson = False) -> None:
    """Show one message, what became of it, the records that it changed, and what its sender was told."""
    from openworklist.services.journal import Journal
    from openworklist.services.message_text import read_text
    from openworklist.services.reading import WORKLIST

    zone = loaded.settings.zone()
    with _database(loaded) as database:
        shown = Journal(database).get(number)
    message = shown.message
    listed = message.listed
    text = read_text(
        message.raw, "UNICODE UTF-8" if listed.channel == WORKLIST else loaded.settings.default_charset
    )
    answer = read_text(message.acknowledgement, "UNICODE UTF-8")
    if as_json:
        changes = [{**change._asdict(), "at": _moment(change.at, zone)} for change in shown.changes]
        print_json(
            {
                **_to_json(listed, zone),
                "warnings": list(message.warnings),
                "changes": changes,
                "message": text,
                "acknowledgement": answer,
            }
        )
        return
    place = f" [{listed.place}]" if listed.place else ""
    came = f"from {listed.peer}" if listed.peer else ""
    lines = [f"message {listed.id}, received {_moment(listed.received_at, zone)} by {listed.channel} {came}"]
    lines += [f"{listed.outcome}: {listed.reason}{place}"]
    lines += [f"warning: {warning}" for warning in message.warnings]
    if listed.repeats:
        last = _moment(message.last_repeat_at, zone)
        lines += [f"sent again {listed.repeats} times, last {last}: the same answer, nothing changed"]
    lines += [
        f"record {each.record_id}, version {each.version}: {each.action} by {each.actor}, {each.reason}"
        for each in shown.changes
    ]
    for part in ("\n".join(lines), _split(text), answer):
        print(printable(part), end="\n\n" if part is not answer else "\n")


@application.command("download")
@takes_settings("data", "database")
def download_message(
    loaded: Loaded,
    number: Number,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; without it, stdout.")
    ] = None,
) -> None:
    """Give the bytes of a message as they arrived."""
    from openworklist.services.journal import Journal

    with _database(loaded) as database:
        raw = Journal(database).get(number).message.raw
    if output is None:
        sys.stdout.buffer.write(raw)
    else:
        output.write_bytes(raw)


def _database(loaded: Loaded) -> Any:
    from openworklist.app.doors import open_store

    return open_store(loaded.settings)


def _split(text: str) -> str:
    """A segment a line, also where the sender broke lines within; as it came if there is no header."""
    from openworklist.domain.errors import MessageError
    from openworklist.hl7.message import parse

    try:
        return "\r".join(segment.text.replace("\n", " ") for segment in parse(text).segments)
    except MessageError:
        return text


def _moment(at: int, zone: tzinfo) -> str:
    return format_moment(at, zone, "milliseconds")


def _to_row(message: Any, zone: tzinfo) -> tuple[str, ...]:
    place = f" [{message.place}]" if message.place else ""
    return (
        str(message.id),
        _moment(message.received_at, zone)[:19],
        f"{message.sending_application}|{message.sending_facility}",
        message.message_type,
        message.control_id,
        message.outcome.value,
        f"{message.reason}{place}",
    )


def _to_json(message: Any, zone: tzinfo) -> dict[str, Any]:
    return {**message._asdict(), "received_at": _moment(message.received_at, zone)}
