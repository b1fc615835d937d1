"""`openworklist echo` and `find`: ask any DICOM worklist."""

from __future__ import annotations

from typing import Annotated

import typer

from openworklist.cli.console import Progress, print_json, print_table
from openworklist.cli.flags import (
    Ca,
    Certificate,
    Key,
    ServerName,
    Timeout,
    UseTls,
    ae_title,
    make_tls,
    parse_address,
)

Calling = Annotated[str, ae_title("--calling", "Our AE title.")]
Called = Annotated[str, ae_title("--called", "AE title of the worklist.")]
Address = Annotated[str, typer.Argument(metavar="HOST:PORT", help="DICOM port of the worklist.")]

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


def echo(
    to: Address,
    calling: Calling = "OPENWORKLIST",
    called: Called = "OPENWORKLIST",
    timeout: Timeout = 10,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    key: Key = None,
    server_name: ServerName = "",
) -> None:
    """Ask a DICOM node whether it is there (C-ECHO)."""
    from openworklist.clients.dicom import Node

    host, port = parse_address(to)
    security = make_tls(tls, ca, certificate, key, server_name)
    took = Node(host, port, called, calling, timeout, security).echo()
    print(f"{called} at {to} answered in {took * 1000:.1f} ms")


def find(
    to: Address,
    name: Annotated[str, typer.Option(help="Patient's name, like DOE*.")] = "",
    patient_id: Annotated[str, typer.Option(help="Patient ID.")] = "",
    accession: Annotated[str, typer.Option(help="Accession number.")] = "",
    date: Annotated[str, typer.Option(help="Start date or range, like 20260314-20260320.")] = "",
    time: Annotated[str, typer.Option(help="Start time or range, like 0800-1200.")] = "",
    modality: Annotated[str, typer.Option(help="Modality, like CT.")] = "",
    station: Annotated[str, typer.Option(help="Scheduled station AE title.")] = "",
    key: Annotated[
        list[str] | None, typer.Option("--key", "-k", help="Any other key, like PatientBirthDate=19700101.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Cancel after so many answers; 0: take all.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    calling: Calling = "OPENWORKLIST",
    called: Called = "OPENWORKLIST",
    timeout: Timeout = 30,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    private_key: Key = None,
    server_name: ServerName = "",
) -> None:
    """Ask a modality worklist (C-FIND) and show what it answers."""
    from openworklist.clients.dicom import Node

    host, port = parse_address(to)
    keys = {
        "patient_name": name,
        "patient_id": patient_id,
        "accession_number": accession,
        "scheduled_procedure_step_start_date": date,
        "scheduled_procedure_step_start_time": time,
        "modality": modality,
        "scheduled_station_ae_title": station,
    } | dict(map(_to_key, key or []))
    security = make_tls(tls, ca, certificate, private_key, server_name)
    node = Node(host, port, called, calling, timeout, security)
    with Progress() as progress:
        progress.show(f"asking {to}")
        answers = node.find(keys, limit=limit, on_answer=lambda count: progress.show(f"{count} answers"))
    if as_json:
        print_json(answers)
    else:
        rows = [[_text(answer.get(column, "")) for _, column in _COLUMNS] for answer in answers]
        print_table([head for head, _ in _COLUMNS], rows)


def _to_key(text: str) -> tuple[str, str]:
    from openworklist.domain.attributes import ATTRIBUTES

    keyword, equals, value = text.partition("=")
    for attribute in ATTRIBUTES:
        if equals and keyword in (attribute.keyword, attribute.name) and not attribute.is_sequence:
            return attribute.name, value
    raise typer.BadParameter(f"{text!r}: write KEYWORD=VALUE with a keyword of docs/attributes.md")


def _text(value: object) -> str:
    return value if isinstance(value, str) else "…"
