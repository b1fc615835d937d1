"""`openworklist steps`: what scanners said of their work, and which records it was about."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import format_moment, print_json, print_table, printable
from openworklist.cli.flags import AsJson, takes_settings
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.domain.performed import PerformedStep

application = typer.Typer(help="What scanners say of their work (MPPS).", no_args_is_help=True)

_HEADS = ("id", "state", "scanner", "station", "modality", "began", "ended", "records", "notes")


class State(StrEnum):
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    DISCONTINUED = "discontinued"


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_steps(
    loaded: Loaded,
    state: Annotated[
        State | None, typer.Option(case_sensitive=False, help="Only in this state.", show_default=False)
    ] = None,
    record: Annotated[int, typer.Option(min=0, help="Only those about this record.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List the performed steps, the newest first."""
    from openworklist.app.doors import open_store
    from openworklist.domain.performed import StepState
    from openworklist.services.performed_list import find_steps

    zone = loaded.settings.zone()
    wanted = StepState[state.name] if state else None
    with open_store(loaded.settings) as database:
        found = find_steps(database, limit + 1, state=wanted, record_id=record)
    if as_json:
        print_json([_to_json(step, zone) for step in found[:limit]])
    else:
        print_table(_HEADS, [_to_row(step) for step in found[:limit]])
    if len(found) > limit:
        print(f"the newest {limit}: --limit shows more", file=sys.stderr)


@application.command("show")
@takes_settings("data", "database", "time_zone")
def show_step(
    loaded: Loaded,
    number: Annotated[int, typer.Argument(metavar="ID", help="The step's id in the list.")],
    as_json: AsJson = False,
) -> None:
    """Show one performed step with all that the scanner said of it."""
    from openworklist.app.doors import open_store
    from openworklist.dicom.performing import read_document
    from openworklist.services.performed_list import get_step

    zone = loaded.settings.zone()
    with open_store(loaded.settings) as database:
        step = get_step(database, number)
    document = read_document(step)
    if as_json:
        print_json({**_to_json(step, zone), "dataset": document})
        return
    records = ", ".join(str(each) for each in dict.fromkeys(step.records.values()))
    lines = [
        f"performed step {step.id}: {step.state}, version {step.version}",
        f"SOP Instance UID {step.uid}",
        f"begun by {step.calling_ae} at {step.peer}, {format_moment(step.created_at, zone)}",
        f"last heard of {format_moment(step.updated_at, zone)}",
        f"records: {records or 'none'}",
        *(f"note: {note}" for note in step.notes),
    ]
    print(printable("\n".join(lines)))
    print()
    for line in _describe(document):
        print(printable(line))


def _describe(document: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    for key in sorted(document):
        element = document[key]
        head = f"{indent}({key[:4]},{key[4:]}) {element['vr']}"
        values = element.get("Value", [])
        if element["vr"] == "SQ":
            yield f"{head} {len(values)} items"
            for item in values:
                yield f"{indent}  item"
                yield from _describe(item, f"{indent}    ")
        elif "InlineBinary" in element:
            yield f"{head} {len(element['InlineBinary']) * 3 // 4} bytes"
        else:
            yield f"{head} {'/'.join(_to_text(value) for value in values)}".rstrip()


def _to_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "=".join(value.get(name, "") for name in ("Alphabetic", "Ideographic", "Phonetic")).rstrip("=")
    return "" if value is None else " ".join(str(value).split())


def _to_row(step: PerformedStep) -> tuple[str, ...]:
    return (
        str(step.id),
        step.state.value,
        step.calling_ae,
        step.station,
        step.modality,
        _show(step.start),
        _show(step.end),
        " ".join(str(number) for number in dict.fromkeys(step.records.values())) or "none",
        str(len(step.notes)) if step.notes else "",
    )


def _show(text: str) -> str:
    """20260314101500 as people read it."""
    date, time = text[:8], text[8:]
    if not date:
        return ""
    clock = ":".join(time[begin : begin + 2] for begin in range(0, len(time), 2))
    return f"{date[:4]}-{date[4:6]}-{date[6:]} {clock}".rstrip()


def _to_json(step: PerformedStep, zone: tzinfo) -> dict[str, Any]:
    return {
        "id": step.id,
        "uid": step.uid,
        "state": step.state.value,
        "version": step.version,
        "calling_ae": step.calling_ae,
        "peer": step.peer,
        "station": step.station,
        "modality": step.modality,
        "patient_id": step.patient_id,
        "start": step.start,
        "end": step.end,
        "created_at": format_moment(step.created_at, zone),
        "updated_at": format_moment(step.updated_at, zone),
        "scheduled_steps": [
            {**request, "record": step.records.get(number)} for number, request in enumerate(step.requests)
        ],
        "records": list(dict.fromkeys(step.records.values())),
        "notes": list(step.notes),
    }
