"""`openworklist records`: what is stored, as a list or one record whole; cli.deletion has the rest."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli import deletion, editing
from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.cli.flags import AsJson, parse_dates, takes_settings
from openworklist.domain.record import Status
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.store.deliveries import Delivery

application = typer.Typer(help="Look at the stored records, delete them, restore them.", no_args_is_help=True)
application.command("delete")(deletion.delete)
application.command("deleted")(deletion.list_deleted)
application.command("restore")(deletion.restore)
application.command("edit")(editing.edit)
application.command("create")(editing.create)

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
    _print(found.records, found.total, as_json, "--limit shows more, --date and its like fewer")


@application.command("find")
@takes_settings("data", "database", "time_zone")
def find_records(
    loaded: Loaded,
    text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="As in docs/search.md: doe mod:CT.")],
    sort: Annotated[str, typer.Option(help="The column to sort by, like patient_name.")] = "start",
    descending: Annotated[bool, typer.Option("--descending", help="The last one first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Find records as the search box of the page does."""
    from openworklist.domain.search_text import parse_search
    from openworklist.services.browse import Browse

    search = parse_search(" ".join(text))
    with _database(loaded) as database:
        browse = Browse(database, loaded.settings.zone())
        page = browse.page(search, sort=sort, descending=descending, size=limit)
        total = browse.count(search) if page.total is None else page.total
    _print(page.records, total, as_json, "--limit shows more, further words find fewer")


@application.command("show")
@takes_settings("data", "database", "time_zone")
def show_record(
    loaded: Loaded,
    number: Annotated[int, typer.Argument(metavar="ID", help="The record's id in the list.")],
    as_json: AsJson = False,
) -> None:
    """Show one record with every value, those that were completed here marked, and who received it."""
    from openworklist.domain.extra import find_attribute
    from openworklist.services.configurations import Configurations
    from openworklist.services.records import Records
    from openworklist.services.remarks import find_remarks
    from openworklist.store.deliveries import find_deliveries

    with _database(loaded) as database:
        record = Records(database).get(number)
        configuration = Configurations(database).current()
        deliveries = database.read(partial(find_deliveries, record_id=number))
    remarks = find_remarks(record, configuration)
    if as_json:
        received = [_delivery_to_json(each, loaded) for each in deliveries]
        print_json({**_to_json(record), "warnings": list(remarks), "deliveries": received})
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
    for delivery in deliveries:
        print(_tell(delivery, loaded))


def _print(found: Any, total: int, as_json: bool, hint: str) -> None:
    if as_json:
        print_json([_to_json(record) for record in found])
    else:
        heads = ["id", "status", *(head for head, _ in _COLUMNS)]
        rows = [
            [str(record.id), record.status.value, *(record.text(name) for _, name in _COLUMNS)]
            for record in found
        ]
        print_table(heads, rows)
    if len(found) < total:
        print(f"{len(found)} of {total} records: {hint}", file=sys.stderr)


def _database(loaded: Loaded) -> Any:
    from openworklist.app.doors import open_store

    return open_store(loaded.settings)


def _show(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "; ".join(", ".join(f"{name}={_show(part)}" for name, part in item.items()) for item in value)


def _tell(delivery: Delivery, loaded: Loaded) -> str:
    zone = loaded.settings.zone()
    first, last = (format_moment(at, zone) for at in (delivery.first_at, delivery.last_at))
    if delivery.times == 1:
        return f"received by {delivery.ae_title} once, {last}"
    return f"received by {delivery.ae_title} {delivery.times} times, first {first}, last {last}"


def _delivery_to_json(delivery: Delivery, loaded: Loaded) -> dict[str, Any]:
    zone = loaded.settings.zone()
    return {
        "ae_title": delivery.ae_title,
        "times": delivery.times,
        "first_at": format_moment(delivery.first_at, zone),
        "last_at": format_moment(delivery.last_at, zone),
    }


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
