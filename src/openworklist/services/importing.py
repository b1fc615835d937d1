"""Entries of other worklists become records: told from those that were there, and taken in by the intake."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, Final

from openworklist.dicom.entries import Entry
from openworklist.dicom.entry_document import Document, digest_values
from openworklist.domain.control import Action
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.extra import name_of
from openworklist.domain.identity import START, STATION, identity_of, text_of
from openworklist.domain.record import Record, Value
from openworklist.domain.shortcoming import find_too_long
from openworklist.services.clock import Clock, read_clock
from openworklist.services.intake import Intake
from openworklist.services.reading import WORKLIST, Source
from openworklist.services.settling import Applied, Settled
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.records import decode_value, encode, find_record
from openworklist.store.worklist_entries import Known, find_entries, save_entry, see_entry

_BATCH: Final = 200  # entries that are as they were, noted in one transaction
_ALTERNATIVE: Final = "another entry of the answer has the same IDs and says otherwise: the first was taken"
UNCHANGED: Final = "unchanged"
_TAKES: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REOPEN})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an entry. `action` is that of its record's change; "ignored", "refused" or "unchanged"
    where it changed nothing.
    """

    entry: Entry
    action: str
    record_id: int = 0
    message_id: int = 0
    reason: str = ""
    error: OpenWorklistError | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom, from where and when: `scope` are the keys beside the dates, in a form of their own."""

    node: str
    address: str
    asked_at: int  # microseconds since 1970, UTC
    scope: str


def to_scope(keys: Mapping[str, str]) -> str:
    """What a question was narrowed to, beside its dates."""
    return "&".join(f"{name}={text}" for name, text in sorted(keys.items()) if text and name not in START)


def count(taken: Iterable[Taken]) -> dict[str, int]:
    """How many entries came to what."""
    found = Counter(each.action for each in taken)
    return dict(sorted(found.items()))


class Importer:
    """Takes entries in, on any thread. By hand, an entry whose record is gone makes it anew."""

    def __init__(self, database: Database, intake: Intake, *, clock: Clock = read_clock) -> None:
        self._database = database
        self._intake = intake
        self._clock = clock

    def take(
        self,
        asked: Asked,
        entries: Sequence[Entry],
        *,
        by_hand: bool = False,
        on_entry: Callable[[int], None] | None = None,
    ) -> list[Taken]:
        """Store what is new in the entries; what was stored until a StoreError stays."""
        return self._go_through(asked, entries, by_hand, on_entry, self._store, self._see)

    def preview(self, asked: Asked, entries: Sequence[Entry]) -> list[Taken]:
        """What `take` by hand would do; nothing is stored."""
        return self._go_through(asked, entries, True, None, self._preview, lambda asked, seen: None)

    def _go_through(
        self,
        asked: Asked,
        entries: Sequence[Entry],
        by_hand: bool,
        on_entry: Callable[[int], None] | None,
        take: Callable[[Asked, _Plan], Taken],
        see: Callable[[Asked, Sequence[Known]], None],
    ) -> list[Taken]:
        known = self._database.read(partial(find_entries, node=asked.node))
        taken: list[Taken] = []
        seen: list[Known] = []
        for number, (key, entry) in enumerate(fold(entries).items(), 1):
            plan = self._plan(key, entry, known.get(key), by_hand)
            if plan.is_same and plan.known is not None:
                seen.append(plan.known)
                taken.append(Taken(entry, UNCHANGED, plan.known.record_id, plan.known.message_id))
            else:
                taken.append(take(asked, plan))
            if on_entry:
                on_entry(number)
        for begin in range(0, len(seen), _BATCH):
            see(asked, seen[begin : begin + _BATCH])
        return taken

    def _plan(self, key: str, entry: Entry, known: Known | None, by_hand: bool) -> _Plan:
        digest = sha256(digest_values(entry.values) + repr(sorted(entry.lost)).encode()).hexdigest()[:32]
        if known is None:
            return _Plan(key, entry, digest, None, {}, None)
        record = self._find_record(known.record_id)
        is_same = known.digest == digest and not (by_hand and record is None)
        return _Plan(key, entry, digest, known, _read_values(known.document), record, is_same)

    def _find_record(self, number: int) -> Record | None:
        return self._database.read(partial(find_record, number=number)) if number else None

    def _see(self, asked: Asked, seen: Sequence[Known]) -> None:
        def write(connection: Connection) -> None:
            for known in seen:
                see_entry(connection, known, asked.scope, asked.asked_at)

        self._database.write(write)

    def _store(self, asked: Asked, plan: _Plan) -> Taken:
        touched: list[tuple[int, Sequence[Applied]]] = []

        def note(connection: Connection, number: int, applied: Sequence[Applied]) -> None:
            touched[:] = [(number, applied)]
            connection.lock(f"entries of {asked.node}")
            record_id, version = next(((each, version) for _, each, version in applied if each), (0, 0))
            save_entry(connection, plan.to_known(asked, number, record_id, version))

        raw = plan.to_document(asked).encode()
        settled = self._intake.take_entry(raw, _source(asked), note)
        number, applied = touched[0] if touched else (0, ())
        return _to_taken(plan.entry, settled, number, applied)

    def _preview(self, asked: Asked, plan: _Plan) -> Taken:
        settled, changes = self._intake.preview_entry(plan.to_document(asked).encode(), _source(asked))
        applied = [(change, change.before.id if change.before else 0, 0) for change in changes]
        return _to_taken(plan.entry, settled, 0, applied)


@dataclass(frozen=True, slots=True)
class _Plan:
    """An entry beside what the node said of it last."""

    key: str
    entry: Entry
    digest: str
    known: Known | None
    before: Mapping[str, Value]  # what it said last
    record: Record | None
    is_same: bool = False

    def to_document(self, asked: Asked) -> Document:
        values, before = self.entry.values, self.before
        if self.record is None:
            # Whoever has told of the exam first is right; what it left out is filled in.
            settled, removed = frozenset(values), frozenset[str]()
        else:
            settled = frozenset(name for name, value in values.items() if before.get(name) == value)
            removed = frozenset(before.keys() - values.keys())
        return Document(asked.node, asked.asked_at, self.entry, settled, removed, self._is_again)

    def to_known(self, asked: Asked, number: int, record_id: int, version: int) -> Known:
        return Known(
            node=asked.node,
            key=self.key,
            scope=asked.scope,
            start_date=text_of(self.entry.values, START[0]),
            digest=self.digest,
            document=encode(self.entry.values),
            record_id=record_id,
            version=version,
            message_id=number,
            seen_at=asked.asked_at,
            missing=0,
        )

    @property
    def _is_again(self) -> bool:
        """Whether its record ended because the entry was gone, and nobody has touched it since."""
        known, record = self.known, self.record
        return (
            known is not None and not known.digest and record is not None and record.version == known.version
        )


def fold(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries by what tells them apart, in their order; those that are one step of several stations as
    one with all of them.
    """
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(identity_of(entry.values), []).append(entry)
    return {key: _join(same) if len(same) > 1 else same[0] for key, same in found.items()}


def _join(same: list[Entry]) -> Entry:
    # In an order that does not depend on that of the answer: the same answer gives the same entry.
    first, *others = sorted(same, key=lambda entry: digest_values(entry.values))
    titles = dict.fromkeys(
        title
        for entry in (first, *others)
        for title in text_of(entry.values, STATION).split("\\")
        if title.strip()
    )
    differs = any(_but_station(entry) != _but_station(first) for entry in others)
    warnings = (*first.warnings, _ALTERNATIVE) if differs else first.warnings
    values = {**first.values, STATION: "\\".join(titles)} if titles else first.values
    return first._replace(values=values, warnings=warnings)


def _but_station(entry: Entry) -> dict[str, Value]:
    of_station = (STATION, "scheduled_station_name")
    return {name: value for name, value in entry.values.items() if name not in of_station}


def _source(asked: Asked) -> Source:
    return Source(WORKLIST, asked.address)


def _to_taken(entry: Entry, settled: Settled, number: int, applied: Sequence[Applied]) -> Taken:
    changes = [change for change, _, _ in applied]
    warnings = dict.fromkeys(text for change in changes for text in change.warnings)
    for record in (change.record for change in changes if change.action in _TAKES and change.record):
        warnings |= {f"{name_of(each.name)} {each.sentence}": None for each in find_too_long(record.values)}
    action = next((each.action.value for each in changes if each.action is not Action.IGNORE), "")
    reason = settled.reason or "; ".join(dict.fromkeys(change.reason for change in changes))
    return Taken(
        entry,
        action or {"applied": UNCHANGED}.get(settled.disposition, settled.disposition),
        next((record_id for _, record_id, _ in applied if record_id), 0),
        number,
        reason,
        settled.error,
        tuple(warnings),
    )


def _read_values(document: str) -> dict[str, Value]:
    found: Any = json.loads(document)
    return {name: decode_value(value) for name, value in found.items()}
