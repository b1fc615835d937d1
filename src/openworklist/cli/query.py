"""`openworklist echo`, `find` and `import-worklist`: ask any DICOM worklist, and take in what it has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import Progress, print_json, print_table
from openworklist.cli.flags import (
    DAY,
    Ca,
    Certificate,
    Key,
    ServerName,
    UseTls,
    ae_title,
    make_tls,
    parse_address,
    takes_settings,
)
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.domain.destination import Tls
    from openworklist.domain.node import SavedNode

Calling = Annotated[str, ae_title("--calling", "Our AE title.")]
Called = Annotated[str, ae_title("--called", "AE title of the worklist.")]
_Calling = Annotated[str | None, ae_title("--calling", "Our AE title; else the node's, or OPENWORKLIST.")]
_Called = Annotated[
    str | None, ae_title("--called", "AE title of the worklist; else the node's, or OPENWORKLIST.")
]
_Timeout = Annotated[
    float | None,
    typer.Option(min=0.001, max=DAY, help="Seconds to wait for an answer; else the node's, or 30."),
]
Peer = Annotated[
    str, typer.Argument(metavar="HOST:PORT|NODE", help="DICOM port of the worklist, or a saved node.")
]
_Name = Annotated[str, typer.Option(help="Patient's name, like DOE*.")]
_PatientId = Annotated[str, typer.Option(help="Patient ID.")]
_Accession = Annotated[str, typer.Option(help="Accession number.")]
_Birth = Annotated[str, typer.Option(help="Patient's birth date, like 19700101.")]
_Date = Annotated[str, typer.Option(help="Start date or range, like 20260314-20260320.")]
_Time = Annotated[str, typer.Option(help="Start time or range, like 0800-1200.")]
_Modality = Annotated[str, typer.Option(help="Modality, like CT.")]
_Station = Annotated[str, typer.Option(help="Scheduled station AE title.")]
_Keys = Annotated[
    list[str] | None, typer.Option("--key", "-k", help="Any other key, like PatientBirthDate=19700101.")
]
_Limit = Annotated[int, typer.Option(min=0, help="Cancel after so many answers; 0: take all.")]
_AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]

_COLUMNS = (
    ("date", "scheduled_procedure_step_start_date"),
    ("time", "scheduled_procedure_step_start_time"),
    ("patient ID", "patient_id"),
    ("name", "patient_name"),
    ("modality", "modality"),
    ("station", "scheduled_station_ae_title"),
    ("accession", "accession_number"),
    ("procedure", "requested_procedure_description"),
)


@takes_settings("data", "database")
def echo(
    loaded: Loaded,
    to: Peer,
    calling: _Calling = None,
    called: _Called = None,
    timeout: _Timeout = None,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    private_key: Key = None,
    server_name: ServerName = "",
) -> None:
    """Ask a DICOM node whether it is there (C-ECHO)."""
    from openworklist.services.asking import to_peer

    security = make_tls(tls, ca, certificate, private_key, server_name)
    node = _find_node(loaded, to, calling, called, timeout, security)
    took = to_peer(node).echo()
    print(f"{node.ae_title} at {node.address} answered in {took * 1000:.1f} ms")


@takes_settings("data", "database")
def find(
    loaded: Loaded,
    to: Peer,
    name: _Name = "",
    patient_id: _PatientId = "",
    accession: _Accession = "",
    birth_date: _Birth = "",
    date: _Date = "",
    time: _Time = "",
    modality: _Modality = "",
    station: _Station = "",
    key: _Keys = None,
    limit: _Limit = 0,
    as_json: _AsJson = False,
    calling: _Calling = None,
    called: _Called = None,
    timeout: _Timeout = None,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    private_key: Key = None,
    server_name: ServerName = "",
) -> None:
    """Ask a modality worklist (C-FIND) and show what it answers."""
    security = make_tls(tls, ca, certificate, private_key, server_name)
    node = _find_node(loaded, to, calling, called, timeout, security)
    keys = _make_keys(name, patient_id, accession, birth_date, date, time, modality, station, key)
    found = _ask(node, keys, limit)
    answers = [entry.values for entry in found.entries]
    if as_json:
        print_json(answers)
    else:
        rows = [[_text(answer.get(column, "")) for _, column in _COLUMNS] for answer in answers]
        print_table([head for head, _ in _COLUMNS], rows)
    _warn(found)


@takes_settings("data", "database", "time_zone", "default_charset", "commit_group")
def import_worklist(
    loaded: Loaded,
    to: Peer,
    name: _Name = "",
    patient_id: _PatientId = "",
    accession: _Accession = "",
    birth_date: _Birth = "",
    date: _Date = "",
    time: _Time = "",
    modality: _Modality = "",
    station: _Station = "",
    key: _Keys = None,
    limit: _Limit = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    as_json: _AsJson = False,
    calling: _Calling = None,
    called: _Called = None,
    timeout: _Timeout = None,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    private_key: Key = None,
    server_name: ServerName = "",
) -> None:
    """Ask a modality worklist and make records of what it answers, beside a running server or without one.

    The same entries again change nothing. Exit 1 if an entry was refused or an answer could not be read.
    """
    from openworklist.app.doors import open_importer
    from openworklist.services.clock import read_clock
    from openworklist.services.importing import Asked, count, to_scope

    security = make_tls(tls, ca, certificate, private_key, server_name)
    node = _find_node(loaded, to, calling, called, timeout, security)
    keys = _make_keys(name, patient_id, accession, birth_date, date, time, modality, station, key)
    asked = Asked(node.name, node.address, read_clock(), to_scope(keys))
    found = _ask(node, keys, limit)
    with open_importer(loaded.settings) as importer, Progress() as progress:
        if dry_run:
            taken = importer.preview(asked, found.entries)
        else:
            taken = importer.take(
                asked,
                found.entries,
                by_hand=True,
                on_entry=lambda number: progress.show(f"{number} of {len(found.entries)} entries"),
            )
    counts = count(taken)
    if as_json:
        print_json(
            {
                "answers": found.answers,
                "unreadable": found.unreadable,
                "is_complete": found.is_complete,
                "is_dry_run": dry_run,
                "counts": counts,
                "entries": [_to_json(each) for each in taken],
            }
        )
    else:
        heads = ("outcome", "record", *(head for head, _ in _COLUMNS), "remarks")
        print_table(heads, [_to_row(each) for each in taken])
        outcomes = ", ".join(f"{number} {_OUTCOMES.get(action, action)}" for action, number in counts.items())
        would = "would be done: " if dry_run else ""
        print(f"{found.answers} answers, {would}{outcomes or 'nothing'}")
    _warn(found)
    raise typer.Exit(1 if counts.get("refused") or found.unreadable else 0)


_OUTCOMES = {"create": "new", "update": "changed"}


def _find_node(
    loaded: Loaded,
    text: str,
    calling: str | None,
    called: str | None,
    timeout: float | None,
    tls: Tls | None,
) -> SavedNode:
    """A saved node, or one of that address for this time; with what is said beside it."""
    from openworklist.domain.node import SavedNode

    if ":" in text:
        host, port = parse_address(text)
        title = called or SavedNode("", "", 0).ae_title
        # A name that no saved node can have.
        node = SavedNode(f"{title}@{text}", host, port, total_timeout=DAY)
    else:
        node = _find_saved(loaded, text)
    if timeout is not None:
        node = replace(node, timeout=timeout, connect_timeout=timeout)
    return replace(
        node,
        ae_title=called or node.ae_title,
        calling=calling or node.calling,
        tls=tls or node.tls,
    )


def _find_saved(loaded: Loaded, name: str) -> SavedNode:
    from openworklist.app.doors import open_store
    from openworklist.domain.errors import StoreError
    from openworklist.services.configurations import Configurations

    try:
        with open_store(loaded.settings) as database:
            return Configurations(database).current().get_node(name)
    except StoreError as error:
        raise typer.BadParameter(
            f"{name!r} is not HOST:PORT, and no saved node can be looked up: {error.sentence}"
        ) from None


def _make_keys(
    name: str,
    patient_id: str,
    accession: str,
    birth_date: str,
    date: str,
    time: str,
    modality: str,
    station: str,
    others: list[str] | None,
) -> dict[str, str]:
    return {
        "patient_name": name,
        "patient_id": patient_id,
        "accession_number": accession,
        "patient_birth_date": birth_date,
        "scheduled_procedure_step_start_date": date,
        "scheduled_procedure_step_start_time": time,
        "modality": modality,
        "scheduled_station_ae_title": station,
    } | dict(map(_to_key, others or []))


def _ask(node: SavedNode, keys: dict[str, str], limit: int) -> Any:
    from openworklist.services.asking import ask

    with Progress() as progress:
        progress.show(f"asking {node.address}")
        return ask(node, keys, limit=limit, on_answer=lambda count: progress.show(f"{count} answers"))


def _warn(found: Any) -> None:
    if found.unreadable:
        typer.echo(f"{found.unreadable} answers could not be read: they are left out", err=True)


def _to_key(text: str) -> tuple[str, str]:
    from openworklist.domain.attributes import ATTRIBUTES

    keyword, equals, value = text.partition("=")
    for attribute in ATTRIBUTES:
        if equals and keyword in (attribute.keyword, attribute.name) and not attribute.is_sequence:
            return attribute.name, value
    raise typer.BadParameter(f"{text!r}: write KEYWORD=VALUE with a keyword of docs/attributes.md")


def _to_row(taken: Any) -> tuple[str, ...]:
    values = taken.entry.values
    remarks = [str(taken.error)] if taken.error else list(taken.warnings)
    if taken.action == "ignored":
        remarks.insert(0, taken.reason)
    return (
        _OUTCOMES.get(taken.action, taken.action),
        str(taken.record_id or ""),
        *(_text(values.get(column, "")) for _, column in _COLUMNS),
        "; ".join(remarks),
    )


def _to_json(taken: Any) -> dict[str, Any]:
    return {
        "action": taken.action,
        "record": taken.record_id or None,
        "message": taken.message_id or None,
        "reason": taken.reason,
        "error": str(taken.error) if taken.error else "",
        "code": taken.error.code if taken.error else "",
        "warnings": list(taken.warnings),
        "values": taken.entry.values,
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else "…"
