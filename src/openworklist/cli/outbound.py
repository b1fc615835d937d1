"""`openworklist outbound`: what waits to be sent, what was given up, and what is to be done about it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import format_moment, print_json, print_table, printable
from openworklist.cli.flags import AsJson, find_actor, takes_settings
from openworklist.domain.outgoing import State
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.domain.outgoing import Outgoing
    from openworklist.services.outbound import Outbound

application = typer.Typer(help="Look after the messages that are to be sent to others.", no_args_is_help=True)

_HEADS = ("id", "put", "to", "control ID", "state", "attempts", "next or end", "last error")
Number = Annotated[int, typer.Argument(metavar="ID", help="The message's id in the list.")]
Numbers = Annotated[
    list[int] | None, typer.Argument(metavar="ID…", help="The messages' ids in the list.", show_default=False)
]
Dead = Annotated[bool, typer.Option("--dead", help="All that were given up.")]
Destination = Annotated[str, typer.Option("--to", help="Only those to this HOST:PORT.")]


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_outgoing(
    loaded: Loaded,
    state: Annotated[
        list[State] | None,
        typer.Option(case_sensitive=False, help="Only in this state; may be repeated.", show_default=False),
    ] = None,
    to: Destination = "",
    record: Annotated[int, typer.Option(min=0, help="Only those about this record.")] = 0,
    all_of_them: Annotated[bool, typer.Option("--all", help="Those sent and dropped, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List the messages that wait or were given up, the newest first."""
    from openworklist.app.doors import open_store
    from openworklist.services.outbound import UNSENT, Outbound

    zone = loaded.settings.zone()
    states = tuple(state or (() if all_of_them else UNSENT))
    with open_store(loaded.settings) as database:
        found = Outbound(database).find(states, destination=to, record_id=record or None, most=limit + 1)
    if as_json:
        print_json([_to_json(outgoing, zone) for outgoing in found[:limit]])
    else:
        print_table(_HEADS, [_to_row(outgoing, zone) for outgoing in found[:limit]])
    if len(found) > limit:
        print(f"the newest {limit}: --limit shows more, --state and its like fewer", file=sys.stderr)


@application.command("show")
@takes_settings("data", "database", "time_zone", "default_charset")
def show_outgoing(loaded: Loaded, number: Number, as_json: AsJson = False) -> None:
    """Show one message, how it went, and what the receiver answered last."""
    from openworklist.app.doors import open_store
    from openworklist.services.message_text import read_text
    from openworklist.services.outbound import Outbound

    zone = loaded.settings.zone()
    with open_store(loaded.settings) as database:
        whole = Outbound(database).get(number)
    outgoing = whole.outgoing
    text, answer = (
        read_text(raw, loaded.settings.default_charset) for raw in (whole.content, whole.acknowledgement)
    )
    if as_json:
        print_json({**_to_json(outgoing, zone), "message": text, "acknowledgement": answer})
        return
    about = f", about record {outgoing.record_id}" if outgoing.record_id else ""
    lines = [
        f"message {outgoing.id} to {outgoing.destination}{about}",
        f"put {_moment(outgoing.created_at, zone)} by {outgoing.created_by}",
        f"{outgoing.state}{_when(outgoing, zone)}, {outgoing.attempts} attempts",
    ]
    if outgoing.changed_by:
        lines += [f"last tried again or dropped by {outgoing.changed_by}"]
    if outgoing.error:
        lines += [f"last error: {outgoing.error} ({outgoing.error_code})"]
    print("\n\n".join(printable(part) for part in ("\n".join(lines), text, answer) if part))


@application.command("retry")
@takes_settings("data", "database")
def retry(
    loaded: Loaded, numbers: Numbers = None, dead: Dead = False, to: Destination = "", as_json: AsJson = False
) -> None:
    """Have messages tried again at once: these, or with --dead all that were given up."""
    _change(loaded, numbers, dead, to, as_json, "retry")


@application.command("drop")
@takes_settings("data", "database")
def drop(
    loaded: Loaded, numbers: Numbers = None, dead: Dead = False, to: Destination = "", as_json: AsJson = False
) -> None:
    """Give messages up for good, so that those behind them are sent: these, or with --dead."""
    _change(loaded, numbers, dead, to, as_json, "drop")


def _change(loaded: Loaded, numbers: list[int] | None, dead: bool, to: str, as_json: bool, verb: str) -> None:
    from openworklist.app.doors import open_shared_store
    from openworklist.services.outbound import Outbound

    if bool(numbers) == dead or (to and not dead):
        raise typer.BadParameter("name messages by their ids, or all that were given up by --dead, with --to")
    with open_shared_store(loaded.settings) as database:
        queue = Outbound(database)
        chosen = numbers or _find_dead(queue, to)
        change = queue.retry if verb == "retry" else queue.drop
        change(chosen, find_actor())
    done = "will be tried again" if verb == "retry" else "dropped"
    if as_json:
        print_json({"messages": sorted(set(chosen)), "done": verb})
    else:
        print(f"{len(set(chosen))} {'message' if len(set(chosen)) == 1 else 'messages'} {done}")


def _find_dead(queue: Outbound, to: str) -> Sequence[int]:
    found = queue.find((State.DEAD,), destination=to, most=1_000_000)
    return [outgoing.id for outgoing in found]


def _when(outgoing: Outgoing, zone: tzinfo) -> str:
    if outgoing.ended_at:
        return f" {_moment(outgoing.ended_at, zone)}"
    return f", next attempt {_moment(outgoing.next_attempt_at, zone)}"


def _moment(at: int, zone: tzinfo) -> str:
    return format_moment(at, zone, "milliseconds")


def _to_row(outgoing: Outgoing, zone: tzinfo) -> tuple[str, ...]:
    return (
        str(outgoing.id),
        _moment(outgoing.created_at, zone)[:19],
        outgoing.destination,
        outgoing.control_id,
        outgoing.state.value,
        str(outgoing.attempts),
        _moment(outgoing.ended_at or outgoing.next_attempt_at, zone)[:19],
        f"{outgoing.error} ({outgoing.error_code})" if outgoing.error else "",
    )


def _to_json(outgoing: Outgoing, zone: tzinfo) -> dict[str, Any]:
    from dataclasses import asdict

    times = ("created_at", "due_since", "next_attempt_at", "ended_at")
    shown = {name: _moment(at, zone) if (at := getattr(outgoing, name)) else None for name in times}
    return {**asdict(outgoing), **shown}
