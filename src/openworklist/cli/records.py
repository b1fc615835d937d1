"""`openworklist records`: what is stored, as a list or one record whole; cli.deletion has the rest."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated, Any

import typer

from openworklist.cli import deletion, editing
from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson, parse_dates, takes_settings
from openworklist.domain.record import Status
from openworklist.settings import Loaded

application = typer.Typer(help="Look at the stored records, delete them, restore them.", no_args_is_help=True)
application.command("delete")(deletion.delete)
application.command("deleted")(deletion.list_deleted)
application.command("restore")(deletion.restore)
application.command("edit")(editing.edit)

_COLUMNS = (
    ("date", "scheduled_procedure_step_start_date"),
    ("time", "scheduled_procedure_step_start_time"),
    ("patient ID", "patient_id"),
    ("name", "patient_name"),
    ("modality", "modality"),
    ("station", "scheduled_station_ae_title"),
    ("accession", "accession_number"),
)


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_records(
    loaded: Loaded,
    date: Annotated[str, typer.Option(help="Start date or range, like 20260314-20260320.")] = "",
    patient_id: Annotated[str, typer.Option(help="Patient ID.")] = "",
    name: Annotated[str, typer.Option(help="Patient's name, like DOE*.")] = "",
    accession: Annotated[str, typer.Option(help="Accession number.")] = "",
    modality: Annotated[str, typer.Option(help="Modality, like CT.")] = "",
    station: Annotated[str, typer.Option(help="Scheduled station AE title.")] = "",
    status: Annotated[
        list[Status] | None, typer.Option(case_sensitive=False, help="Only of this status; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List records by start date, of any status. * and ? stand for any letters and for one.

    Of more than the limit those from today on are shown, or from the first day of --date on.
    """
    from openworklist.services.records import Records, to_query

    values = {
        "patient_id": patient_id,
        "patient_name": name,
        "accession_number": accession,
        "modality": modality,
        "scheduled_station_ae_title": station,
    }
    dates = parse_dates(date) if date else None
    query = to_query(values, dates, status or ())
    with _database(loaded) as database:
        records = Records(database)
        if dates:
            found = records.find(query, limit)
        else:
            found = records.find_around(query, f"{datetime.now(loaded.settings.zone()):%Y%m%d}", limit)
    if as_json:
        print_json([_to_json(record) for record in found.records])
    else:
        heads = ["id", "status", *(head for head, _ in _COLUMNS)]
        rows = [
            [str(record.id), record.status.value, *(record.text(name) for _, name in _COLUMNS)]
            for record in found.records
        ]
        print_table(heads, rows)
    if len(found.records) < found.total:
        print(
            f"{len(found.records)} of {found.total} records: --limit shows more, --date and its like fewer",
            file=sys.stderr,
        )


@application.command("show")
@takes_settings("data", "database")
def show_record(
    loaded: Loaded,
    number: Annotated[int, typer.Argument(metavar="ID", help="The record's id in the list.")],
    as_json: AsJson = False,
) -> None:
    """Show one record with every value, those that were completed here marked."""
    from openworklist.domain.extra import find_attribute
    from openworklist.services.configurations import Configurations
    from openworklist.services.records import Records
    from openworklist.services.remarks import find_remarks

    with _database(loaded) as database:
        record = Records(database).get(number)
        configuration = Configurations(database).current()
    remarks = find_remarks(record, configuration)
    if as_json:
        print_json({**_to_json(record), "warnings": list(remarks)})
        return
    names = {**record.completed, **record.values}
    marks = dict.fromkeys(record.completed, "completed") | dict.fromkeys(record.values, "")
    if not configuration.study_uids.is_shown(record):
        marks["study_instance_uid"] = "completed, for the scanners on the list of study-uids"
    rows = [
        (attribute.tag_text, attribute.label, _show(record.get(name)), marks[name])
        for name in names
        if (attribute := find_attribute(name))
    ]
    rows.sort()
    print(f"record {record.id}, version {record.version}, {record.status.value}")
    print_table(("tag", "attribute", "value", ""), rows)
    for warning in remarks:
        print(f"warning: {warning}")


def _database(loaded: Loaded) -> Any:
    from openworklist.app.doors import open_store

    return open_store(loaded.settings)


def _show(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "; ".join(", ".join(f"{name}={_show(part)}" for name, part in item.items()) for item in value)


def _to_json(record: Any) -> dict[str, Any]:
    return {
        "id": record.id,
        "version": record.version,
        "status": record.status.value,
        "values": dict(record.values),
        "completed": dict(record.completed),
        "message_time": record.message_time,
        "warnings": list(record.warnings),
    }
