"""What is stored, for people and scripts that look at records, make and change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.deletion import Deleted
from openworklist.domain.errors import NotFound, RecordChanged
from openworklist.domain.query import Condition, PersonName, Range, Single, Wildcard, WorklistQuery
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.shortcoming import find_long_identifiers
from openworklist.hl7.long_identifiers import refuse
from openworklist.services.clock import Clock, read_clock
from openworklist.services.creation import OWN, Checks, RequestKey, create_record, find_twin, make_record
from openworklist.services.deletion import BATCH, delete_records, restore_deleted
from openworklist.services.editing import change_status, edit_record
from openworklist.store import records
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.deleted import list_deleted
from openworklist.store.records import Row
from openworklist.store.search import Key, count, search

_ANY = Checks()
_START_DATE = "scheduled_procedure_step_start_date"


@dataclass(frozen=True, slots=True)
class Found:
    """Some records in the order of start, those without a date first, and how many there are in all."""

    records: list[Record]
    total: int


class Records:
    """Reads, makes, edits, deletes and restores records; a number that does not exist is NotFound."""

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

    def create(
        self,
        values: Mapping[str, Value],
        actor: str,
        *,
        checks: Checks = _ANY,
        status: Status = Status.SCHEDULED,
        idempotency_key: str = "",
        key_owner: str = "",
    ) -> Record:
        """Make a record that no message brought; as it is stored, with what was completed by rule.

        ValuesError if values are missing or too long, OrderError if another record has its IDs. The same
        request under the same key gives the record that it made, for a day; RequestError if it is another.
        """
        record = make_record(values, checks, status)
        key = RequestKey(key_owner, idempotency_key)
        return self._database.write(
            lambda connection: create_record(connection, record, key, self._clock(), actor)
        )

    def draft_of(self, number: int) -> dict[str, Value]:
        """The values for a duplicate: those of a record without what makes it that one exam."""
        record = self.get(number)
        return {name: value for name, value in record.values.items() if name not in OWN}

    def find_twin(self, values: Mapping[str, Value]) -> int | None:
        """The record that has the IDs of these values: a new one cannot have them too."""
        return self._database.read(lambda connection: find_twin(connection, values))

    def edit(
        self,
        number: int,
        values: Mapping[str, Value],
        actor: str,
        *,
        uid_root: str = "2.25",
        refuses_long: bool = False,
        expected_version: int | None = None,
        status: Status | None = None,
    ) -> Record:
        """Write values over those of a record, "" to delete one, until a newer message changes them.

        Its status too, if one is given. NotFound if there is no such record, OrderError if it would be
        without patient or like another one; with `refuses_long` also if a new identifier is longer than
        DICOM allows.
        RecordChanged, and nothing is written, if its version is another than the one that is expected.
        """
        for attribute in find_long_identifiers(values) if refuses_long else ():
            raise refuse(attribute, attribute.name)
        patients = {self.get(number).text("patient_id"), str(values.get("patient_id", ""))} - {""}

        def write(connection: Connection) -> Record:
            for patient in sorted(patients):
                connection.lock(f"patient {patient}")
            stored = _get(connection, number, expected_version)
            now = self._clock()
            if values:
                stored = edit_record(connection, stored, values, actor, uid_root, now)
            if status is not None and status is not stored.status:
                stored = change_status(connection, stored, status, actor, now)
            return stored

        return self._database.write(write)

    def set_status(
        self, number: int, status: Status, actor: str, *, expected_version: int | None = None
    ) -> Record:
        """Give a record a status, as a person sees fit: what ended may begin again. As it is stored.

        NotFound and RecordChanged as in `edit`.
        """
        return self.edit(number, {}, actor, status=status, expected_version=expected_version)

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


def _get(connection: Connection, number: int, expected_version: int | None) -> Record:
    record = records.find_record(connection, number)
    if record is None:
        raise _not_found(number)
    if expected_version is not None and record.version != expected_version:
        raise RecordChanged(record)
    return record


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
