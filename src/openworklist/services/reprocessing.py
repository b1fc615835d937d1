"""Process again: records made anew from the messages of the journal, by the mapping of today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from openworklist.domain.control import Action
from openworklist.domain.difference import Difference, find_differences
from openworklist.domain.errors import NotFound, OpenWorklistError, OrderError, StoreError
from openworklist.domain.identity import identity_of
from openworklist.domain.outcome import Outcome
from openworklist.domain.record import Record
from openworklist.domain.replay import Fate, Rebuilt, Replayed, replay
from openworklist.services.clock import Clock, read_clock
from openworklist.services.gathering import REBUILD, Gathered, gather, read_again
from openworklist.services.merging import find_news, store_news
from openworklist.services.reading import Reader
from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.journal import find_message
from openworklist.store.messages import note_applied
from openworklist.store.records import (
    find_by_identity,
    insert_record,
    release_identity,
    shared_keys,
    update_record,
)

_REASON: Final = "process again"


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A record that becomes another one. `before` is None where it is new; stored, `after` has its id."""

    before: Record | None
    after: Record
    differences: tuple[Difference, ...]
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What processing again does to messages and records that hang together.

    `records` are those that change, `unchanged` counts the others. `fates` tell what becomes of the messages
    that were chosen. `left` are records that no message makes any more: they stay as they are. With a
    `problem` nothing is done.
    """

    messages: tuple[int, ...]
    records: tuple[Rebuild, ...] = ()
    unchanged: int = 0
    fates: tuple[Fate, ...] = ()
    left: tuple[int, ...] = ()
    problem: OpenWorklistError | None = None


class Reprocessing:
    """Processes messages again, those of one patient together; NotFound if there is no such message."""

    def __init__(self, database: Database, reader: Reader, *, clock: Clock = read_clock) -> None:
        self._database = database
        self._reader = reader
        self._clock = clock

    def preview(self, numbers: Iterable[int]) -> Iterator[Result]:
        """What `run` would do; nothing is stored."""
        return self._go_through(numbers, None)

    def run(self, numbers: Iterable[int], actor: str) -> Iterator[Result]:
        """Do it, each result in a transaction of its own: what was yielded is on disk."""
        return self._go_through(numbers, actor)

    def _go_through(self, numbers: Iterable[int], actor: str | None) -> Iterator[Result]:
        done: set[int] = set()
        groups = self._group(numbers)
        chosen = {number for group in groups for number in group}
        for group in groups:
            if done.issuperset(group):
                continue
            wanted = frozenset(chosen - done)
            plan = self._plan(group, wanted)
            result = plan.result
            if actor is not None and plan.has_work:
                result = self._do(group, wanted, plan.patients, actor)
            done.update(group, (fate.number for fate in result.fates))
            yield result

    def _plan(self, group: tuple[int, ...], chosen: frozenset[int]) -> _Plan:
        def read(connection: Connection) -> _Plan:
            gathered = gather(connection, self._reader, group)
            return _Plan(self._replay(connection, gathered, chosen)[1], gathered)

        try:
            return self._database.read(read)
        except StoreError:
            raise
        except OpenWorklistError as error:
            return _Plan(Result(group, problem=error.to_value()), None)

    def _do(
        self, group: tuple[int, ...], chosen: frozenset[int], patients: frozenset[str], actor: str
    ) -> Result:
        try:
            return self._database.write(partial(self._write, group, chosen, patients, actor))
        except StoreError:
            raise
        except OpenWorklistError as error:
            return Result(group, problem=error.to_value())

    def _write(
        self,
        group: tuple[int, ...],
        chosen: frozenset[int],
        patients: frozenset[str],
        actor: str,
        connection: Connection,
    ) -> Result:
        locked: frozenset[str] = frozenset()
        while True:
            for patient in sorted(patients - locked):
                connection.lock(f"patient {patient}")
            locked |= patients
            gathered = gather(connection, self._reader, group)
            if gathered.patients <= locked:
                break
            patients = gathered.patients
        replayed, result = self._replay(connection, gathered, chosen)
        store_news(connection, find_news(gathered.history, chosen))
        return _store(connection, gathered, replayed, result, actor, self._clock())

    def _replay(
        self, connection: Connection, gathered: Gathered, chosen: frozenset[int]
    ) -> tuple[Replayed, Result]:
        replayed = replay(gathered.history, uid_root=self._reader.configuration().study_uids.root)
        for each in filter(lambda each: each.is_changed, replayed.records):
            other = find_by_identity(connection, each.identity)
            if other is not None and other not in gathered.history.records:
                raise OrderError(
                    f"A record would have the IDs of record {other}.",
                    hint="let the mapping find what tells them apart",
                    code="order.identity-conflict",
                )
        changed = tuple(_to_rebuild(each) for each in replayed.records if each.is_changed)
        return replayed, Result(
            tuple(sorted(chosen.intersection(gathered.listed))),
            changed,
            len(replayed.records) - len(changed),
            tuple(fate for fate in replayed.fates if fate.number in chosen),
            replayed.left,
        )

    def _group(self, numbers: Iterable[int]) -> list[tuple[int, ...]]:
        """The messages in the order of their numbers, those that may speak of the same records together."""
        parents: dict[object, object] = {}

        def find(key: object) -> object:
            while (parent := parents.setdefault(key, key)) != key:
                key = parent
            return key

        ordered = sorted(set(numbers))
        read = {number: self._read_keys(number) for number in ordered}
        told = {patient for _, patients in read.values() for patient in patients}
        for number, (keys, patients) in read.items():
            # News of a patient hang together with all the patient's orders.
            whole = {
                (patient, "", "") for patient in (*patients, *(key[0] for key in keys)) if patient in told
            }
            for key in (*keys, *whole):
                parents[find(key)] = find(number)
        groups: dict[object, list[int]] = {}
        for number in ordered:
            groups.setdefault(find(number), []).append(number)
        return [tuple(group) for group in groups.values()]

    def _read_keys(self, number: int) -> tuple[set[tuple[str, str, str]], set[str]]:
        """What a message's orders may have in common with others, and the Patient IDs that it has news of."""
        message = self._database.read(lambda connection: find_message(connection, number))
        if message is None:
            raise NotFound(
                f"There is no message {number}.",
                hint="openworklist messages list shows what there is",
                code="message.not-found",
            )
        arrival = read_again(self._reader, message)
        patients = {patient.id for change in arrival.patients for patient in change.patients}
        return {key for order in arrival.orders for key in shared_keys(order.values)}, patients


@dataclass(frozen=True, slots=True)
class _Plan:
    result: Result
    gathered: Gathered | None

    @property
    def patients(self) -> frozenset[str]:
        return self.gathered.patients if self.gathered else frozenset()

    @property
    def has_work(self) -> bool:
        """Whether something would be stored: a record, or that a message is applied after all."""
        if self.gathered is None:
            return False
        news = (fate for fate in self.result.fates if fate.is_applied)
        return (
            bool(self.result.records)
            or any(self.gathered.listed[fate.number].outcome is not Outcome.APPLIED for fate in news)
            or bool(find_news(self.gathered.history, self.result.messages))
        )


def _to_rebuild(each: Rebuilt) -> Rebuild:
    return Rebuild(each.before, each.after, find_differences(each.before, each.after), each.messages)


def _store(
    connection: Connection, gathered: Gathered, replayed: Replayed, result: Result, actor: str, now: int
) -> Result:
    """Store what was made anew; the result with the records as they are stored."""
    changed = [each for each in replayed.records if each.is_changed]
    for each in changed:
        if each.before is not None and each.identity != identity_of(each.before.values):
            # Two records may exchange what tells them apart: neither may have it before the other lost it.
            release_identity(connection, each.before.id)
    stored = [_store_record(connection, gathered, each, actor, now) for each in changed]
    for fate in replayed.fates:
        if fate.is_applied and gathered.listed[fate.number].outcome is not Outcome.APPLIED:
            note_applied(connection, fate.number, f"applied by {_REASON}", fate.warnings)
    records = tuple(
        replace(rebuild, after=after) for rebuild, after in zip(result.records, stored, strict=True)
    )
    return replace(result, records=records)


def _store_record(connection: Connection, gathered: Gathered, made: Rebuilt, actor: str, now: int) -> Record:
    if made.before is None:
        stored = insert_record(connection, made.after, made.identity, now)
        actions: list[tuple[str, int | None]] = [
            (REBUILD if place else Action.CREATE.value, number) for place, number in enumerate(made.messages)
        ]
    else:
        stored = update_record(connection, made.before, made.after, made.identity, now)
        # Messages that now have a part in it are noted, so that it is made from them the next time too.
        new = [number for number in made.messages if number not in gathered.linked[stored.id]]
        actions = [(REBUILD, number) for number in new] or [(REBUILD, None)]
    for action, number in actions:
        insert_change(
            connection,
            at=now,
            record_id=stored.id,
            version=stored.version,
            action=action,
            actor=actor,
            reason=_REASON,
            message_id=number,
        )
    return stored
