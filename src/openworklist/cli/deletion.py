"""`openworklist records delete`, `deleted` and `restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson, find_actor, takes_settings
from openworklist.settings import Loaded

_HEADS = ("id", "status", "date", "patient ID", "name", "accession")
_SHOWN = ("scheduled_procedure_step_start_date", "patient_id", "patient_name", "accession_number")


@takes_settings("data", "database")
def delete(
    loaded: Loaded,
    numbers: Annotated[list[int], typer.Argument(metavar="ID…", help="The records' ids in the list.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Delete records; for 30 days `records restore` brings them back.

    Without --yes they are shown first, and you are asked.
    """
    from openworklist.app.doors import open_shared_store
    from openworklist.services.records import Records

    with open_shared_store(loaded.settings) as database:
        records = Records(database)
        if not yes:
            print_table(_HEADS, map(_to_row, (records.get(number) for number in dict.fromkeys(numbers))))
            typer.confirm("Delete them?", abort=True)
        deleted = records.delete(numbers, find_actor())
    print(f"{len(deleted)} record{'' if len(deleted) == 1 else 's'} deleted")


@takes_settings("data", "database", "time_zone")
def list_deleted(
    loaded: Loaded,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List the records deleted in the last 30 days, by people or auto delete, the last one first."""
    from openworklist.app.doors import open_store
    from openworklist.services.records import Records

    with open_store(loaded.settings) as database:
        found = Records(database).find_deleted(limit)
    if as_json:
        print_json([_to_json(deleted) for deleted in found])
        return
    zone = loaded.settings.zone()
    rows = [
        [
            *_to_row(each.record),
            f"{datetime.fromtimestamp(each.at / 1_000_000, zone):%Y-%m-%d %H:%M}",
            each.actor,
            each.reason,
        ]
        for each in found
    ]
    print_table((*_HEADS, "deleted at", "by", "reason"), rows)


@takes_settings("data", "database")
def restore(
    loaded: Loaded,
    numbers: Annotated[
        list[int], typer.Argument(metavar="ID…", help="The records' ids in the list of deleted ones.")
    ],
) -> None:
    """Bring deleted records back as they were, each under its id.

    What their senders sent meanwhile is not applied to them.
    """
    from openworklist.app.doors import open_shared_store
    from openworklist.services.records import Records

    with open_shared_store(loaded.settings) as database:
        records = Records(database)
        for number in dict.fromkeys(numbers):
            record = records.restore(number, find_actor())
            print(f"record {number} restored, {record.status.value}")


def _to_row(record: Any) -> list[str]:
    return [str(record.id), record.status.value, *(record.text(name) for name in _SHOWN)]


def _to_json(deleted: Any) -> dict[str, Any]:
    record = deleted.record
    return {
        "id": record.id,
        "deleted_at": f"{datetime.fromtimestamp(deleted.at / 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "actor": deleted.actor,
        "reason": deleted.reason,
        "version": record.version,
        "status": record.status.value,
        "values": dict(record.values),
        "completed": dict(record.completed),
    }
