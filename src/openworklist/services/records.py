"""What is stored, for people and scripts that look at records."""

from __future__ import annotations

from openworklist.domain.errors import NotFound
from openworklist.domain.record import Record
from openworklist.store import records
from openworklist.store.database import Database


class Records:
    """Reads records; a number that does not exist is NotFound."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, limit: int) -> list[Record]:
        """The first records by start date and time, those without a date first."""
        return self._database.read(lambda connection: records.list_records(connection, limit))

    def get(self, number: int) -> Record:
        found = self._database.read(lambda connection: records.find_record(connection, number))
        if found is None:
            raise NotFound(
                f"There is no record {number}.", hint="openworklist records list shows what there is"
            )
        return found
