"""A question to another worklist as it is typed: whom it goes to, its keys, and what is shown of answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import Progress
from openworklist.cli.flags import DAY, ae_title, parse_address
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.domain.destination import Tls
    from openworklist.domain.node import SavedNode

Calling = Annotated[str | None, ae_title("--calling", "Our AE title; else the node's, or OPENWORKLIST.")]
Called = Annotated[
    str | None, ae_title("--called", "AE title of the worklist; else the node's, or OPENWORKLIST.")
]
Timeout = Annotated[
    float | None,
    typer.Option(min=0.001, max=DAY, help="Seconds to wait for an answer; else the node's, or 30."),
]
Peer = Annotated[
    str, typer.Argument(metavar="HOST:PORT|NODE", help="DICOM port of the worklist, or a saved node.")
]
Name = Annotated[str, typer.Option(help="Patient's name, like DOE*.")]
PatientId = Annotated[str, typer.Option(help="Patient ID.")]
Accession = Annotated[str, typer.Option(help="Accession number.")]
Birth = Annotated[str, typer.Option(help="Patient's birth date, like 19700101.")]
Date = Annotated[str, typer.Option(help="Start date or range, like 20260314-20260320.")]
Time = Annotated[str, typer.Option(help="Start time or range, like 0800-1200.")]
Modality = Annotated[str, typer.Option(help="Modality, like CT.")]
Station = Annotated[str, typer.Option(help="Scheduled station AE title.")]
Keys = Annotated[
    list[str] | None, typer.Option("--key", "-k", help="Any other key, like PatientBirthDate=19700101.")
]
Limit = Annotated[int, typer.Option(min=0, help="Cancel after so many answers; 0: take all.")]

COLUMNS = (
    ("date", "scheduled_procedure_step_start_date"),
    ("time", "scheduled_procedure_step_start_time"),
    ("patient ID", "patient_id"),
    ("name", "patient_name"),
    ("modality", "modality"),
    ("station", "scheduled_station_ae_title"),
    ("accession", "accession_number"),
    ("procedure", "requested_procedure_description"),
)


def find_node(
    loaded: Loaded,
    text: str,
    calling: str | None,
    called: str | None,
    timeout: float | None,
    tls: Tls | None,
) -> SavedNode:
    """A saved node, or one of that address for this time; with what is said beside it."""
    from openworklist.domain.node import SavedNode, name_unsaved

    if ":" in text:
        host, port = parse_address(text)
        title = called or SavedNode("", "", 0).ae_title
        node = SavedNode(name_unsaved(title, text), host, port, total_timeout=DAY)
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


def make_keys(
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
    """The keys by attribute name; those that are empty match everything."""
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


def ask(node: SavedNode, keys: dict[str, str], limit: int) -> Any:
    """What the node answers, with progress on a terminal."""
    from openworklist.services import asking

    with Progress() as progress:
        progress.show(f"asking {node.address}")
        return asking.ask(node, keys, limit=limit, on_answer=lambda count: progress.show(f"{count} answers"))


def warn(found: Any) -> None:
    """Say on stderr what could not be read."""
    if found.unreadable:
        typer.echo(f"{found.unreadable} answers could not be read: they are left out", err=True)


def _to_key(text: str) -> tuple[str, str]:
    from openworklist.domain.attributes import ATTRIBUTES

    keyword, equals, value = text.partition("=")
    for attribute in ATTRIBUTES:
        if equals and keyword in (attribute.keyword, attribute.name) and not attribute.is_sequence:
            return attribute.name, value
    raise typer.BadParameter(f"{text!r}: write KEYWORD=VALUE with a keyword of docs/attributes.md")


def show_text(value: object) -> str:
    """A value for a table; a sequence does not fit there."""
    return value if isinstance(value, str) else "…"
