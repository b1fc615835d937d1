"""`openworklist import-worklist`: ask another worklist, and make records of what it answers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openworklist.cli.console import Progress, print_json, print_table
from openworklist.cli.flags import AsJson, Ca, Certificate, Key, ServerName, UseTls, make_tls, takes_settings
from openworklist.cli.question import (
    COLUMNS,
    Accession,
    Birth,
    Called,
    Calling,
    Date,
    Keys,
    Limit,
    Modality,
    Name,
    PatientId,
    Peer,
    Station,
    Time,
    Timeout,
    ask,
    find_node,
    make_keys,
    show_text,
    warn,
)
from openworklist.settings import Loaded

_OUTCOMES = {"create": "new", "update": "changed"}


@takes_settings("data", "database", "time_zone", "default_charset", "commit_group")
def import_worklist(
    loaded: Loaded,
    to: Peer,
    name: Name = "",
    patient_id: PatientId = "",
    accession: Accession = "",
    birth_date: Birth = "",
    date: Date = "",
    time: Time = "",
    modality: Modality = "",
    station: Station = "",
    key: Keys = None,
    limit: Limit = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    as_json: AsJson = False,
    calling: Calling = None,
    called: Called = None,
    timeout: Timeout = None,
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
    node = find_node(loaded, to, calling, called, timeout, security)
    keys = make_keys(name, patient_id, accession, birth_date, date, time, modality, station, key)
    asked = Asked(node.name, node.address, read_clock(), to_scope(keys))
    found = ask(node, keys, limit)
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
        heads = ("outcome", "record", *(head for head, _ in COLUMNS), "remarks")
        print_table(heads, [_to_row(each) for each in taken])
        outcomes = ", ".join(f"{number} {_OUTCOMES.get(action, action)}" for action, number in counts.items())
        would = "would be done: " if dry_run else ""
        print(f"{found.answers} answers, {would}{outcomes or 'nothing'}")
    warn(found)
    raise typer.Exit(1 if counts.get("refused") or found.unreadable else 0)


def _to_row(taken: Any) -> tuple[str, ...]:
    values = taken.entry.values
    remarks = [str(taken.error)] if taken.error else list(taken.warnings)
    if taken.action == "ignored":
        remarks.insert(0, taken.reason)
    return (
        _OUTCOMES.get(taken.action, taken.action),
        str(taken.record_id or ""),
        *(show_text(values.get(column, "")) for _, column in COLUMNS),
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
