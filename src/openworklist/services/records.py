"""What is stored, for people and scripts that look at records, delete them and bring them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.deletion import Deleted
from openworklist.domain.edit import Edit, apply_edits
from openworklist.domain.errors import NotFound, OrderError
from openworklist.domain.identity import identity_of
from openworklist.domain.query import Condition, PersonName, Range, Single, Wildcard, WorklistQuery
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.shortcoming import find_long_identifiers
from openworklist.hl7.long_identifiers import refuse
from openworklist.services.clock import Clock, read_clock
from openworklist.services.deletion import BATCH, delete_records, restore_deleted
from openworklist.services.gathering import EDIT
from openworklist.store import records
from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.deleted import list_deleted
from openworklist.store.edits import insert_edit
from openworklist.store.records import Row
from openworklist.store.search import Key, count, search

_START_DATE = "scheduled_procedure_step_start_date"


@dataclass(frozen=True, slots=True)
class Found:
    """Some records in the order of start, those without a date first, and how many there are in all."""

    records: list[Record]
    total: int


class Records:
    """Reads, deletes and restores records; a number that does not exist is NotFound."""

    def __init__(self, database: Database, *, clock: Clock = read_clock) -> None:
        self._database = database
        self._clock = clock

    def find(self, query: WorklistQuery, limit: int) -> Found:
        """The first `limit` records of a query."""

        def read(connection: Connection) -> Found:
            return _to_found(_read(connection, query, None, limit), count(connection, query))

        return self._database.read(read)

    def find_around(self, query: WorklistQuery, today: str, limit: int) -> Found:
        """As `find`, but from a day (YYYYMMDD) on; what room is left has the latest before it."""

        def read(connection: Connection) -> Found:
            now = (today, "", 0)
            rows = _read(connection, query, now, limit)
            if len(rows) < limit:
                earlier = _read(connection, replace(query, is_latest_first=True), now, limit - len(rows))
                rows = [*reversed(earlier), *rows]
            return _to_found(rows, count(connection, query))

        return self._database.read(read)

    def get(self, number: int) -> Record:
        found = self._database.read(lambda connection: records.find_record(connection, number))
        if found is None:
            raise _not_found(number)
        return found

    def edit(
        self,
        number: int,
        values: Mapping[str, Value],
        actor: str,
        *,
        uid_root: str = "2.25",
        refuses_long: bool = False,
    ) -> Record:
        """Write values over those of a record, "" to delete one, until a newer message changes them.

        NotFound if there is no such record, OrderError if it would be without patient or like another one;
        with `refuses_long` also if a new identifier is longer than DICOM allows.
        """
        for attribute in find_long_identifiers(values) if refuses_long else ():
            raise refuse(attribute, attribute.name)
        patients = {self.get(number).text("patient_id"), str(values.get("patient_id", ""))} - {""}
        return self._database.write(partial(self._edit, number, values, actor, uid_root, sorted(patients)))

    def _edit(
        self,
        number: int,
        values: Mapping[str, Value],
        actor: str,
        uid_root: str,
        patients: Iterable[str],
        connection: Connection,
    ) -> Record:
        for patient in patients:
            connection.lock(f"patient {patient}")
        before = records.find_record(connection, number)
        if before is None:
            raise _not_found(number)
        after = apply_edits(before, values, uid_root=uid_root)
        identity = identity_of(after.values)
        if records.find_by_identity(connection, identity) not in (None, number):
            raise OrderError(
                "Another record has these IDs.", where="patient_id", code="order.identity-conflict"
            )
        now = self._clock()
        stored = records.update_record(connection, before, after, identity, now)
        for name, value in values.items():
            insert_edit(connection, Edit(number, name, value or None, now, actor))
        insert_change(
            connection,
            at=now,
            record_id=number,
            version=stored.version,
            action=EDIT,
            actor=actor,
            reason=f"edited: {', '.join(sorted(values))}",
            message_id=None,
        )
        return stored

    def delete(self, numbers: Iterable[int], actor: str) -> list[int]:
        """Delete records, a batch in a transaction; the numbers of those that were deleted.

        They can be restored for a while. If one of them does not exist, nothing is deleted.
        """
        wanted = list(dict.fromkeys(numbers))
        for number in wanted:
            self.get(number)
        deleted: list[int] = []
        for begin in range(0, len(wanted), BATCH):
            job = partial(
                delete_records,
                numbers=wanted[begin : begin + BATCH],
                at=self._clock(),
                actor=actor,
                reason="deleted by hand",
            )
            deleted += self._database.write(job)
        return deleted

    def find_deleted(self, limit: int) -> list[Deleted]:
        """The records that were deleted last, the last one first."""
        return self._database.read(lambda connection: list_deleted(connection, limit))

    def restore(self, number: int, actor: str) -> Record:
        """Bring a deleted record back as it was; OrderError if another has taken its place."""
        return self._database.write(partial(restore_deleted, number=number, at=self._clock(), actor=actor))


def _not_found(number: int) -> NotFound:
    return NotFound(f"There is no record {number}.", hint="openworklist records list shows what there is")


def to_query(
    values: Mapping[str, str], dates: tuple[str, str] | None, statuses: Iterable[Status]
) -> WorklistQuery:
    """The query for values by attribute name, matched as a scanner's keys are; "" matches everything.

    `dates` are the first and the last day of start, "" for no bound; without statuses all are wanted.
    """
    conditions = [_to_condition(name, text.strip()) for name, text in values.items() if text.strip(" *")]
    if dates:
        conditions.append(Range(_START_DATE, *dates))
    return WorklistQuery(tuple(conditions), frozenset(statuses) or frozenset(Status))


def _to_condition(name: str, text: str) -> Condition:
    if BY_NAME[name].vr == "PN":
        return PersonName(name, text)
    return Wildcard(name, text) if "*" in text or "?" in text else Single(name, text)


def _to_found(rows: Iterable[Row], total: int) -> Found:
    return Found([row.record() for row in rows], total)


def _read(connection: Connection, query: WorklistQuery, after: Key | None, limit: int) -> list[Row]:
    rows: list[Row] = []
    while len(rows) < limit:
        page = search(connection, query, after, limit - len(rows))
        rows += page.rows
        after = page.after
        if after is None:
            break
    return rows
