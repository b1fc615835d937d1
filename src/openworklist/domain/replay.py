"""Records as their messages make them, read anew: pure. What people wrote over them is put back on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openworklist.domain.attributes import PATIENT_LEVEL
from openworklist.domain.completion import assigned_stations, complete_again
from openworklist.domain.control import Action
from openworklist.domain.edit import Edit
from openworklist.domain.errors import OpenWorklistError, OrderError
from openworklist.domain.history import Heard as Heard
from openworklist.domain.history import History as History
from openworklist.domain.history import StatusSet as StatusSet
from openworklist.domain.identity import identity_of, text_of
from openworklist.domain.merged import Merged, decide_merged, find_remaining, list_merged, recall
from openworklist.domain.news import decide_patient
from openworklist.domain.order import Change, Order, decide
from openworklist.domain.patient import patient_of
from openworklist.domain.record import Record, Value


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A record made again. `before` is None where it is new; `messages` are those that made it so."""

    before: Record | None
    after: Record
    identity: str
    messages: tuple[int, ...]

    @property
    def is_changed(self) -> bool:
        before, after = self.before, self.after
        return before is None or any(
            getattr(before, name) != getattr(after, name)
            for name in ("values", "completed", "status", "warnings")
        )


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a message that is processed again; without an error or a reason it is applied."""

    number: int
    error: OpenWorklistError | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_applied(self) -> bool:
        return self.error is None and not self.reason


@dataclass(frozen=True, slots=True)
class Replayed:
    """`left` are records that no message makes any more; they stay as they are."""

    records: tuple[Rebuilt, ...]
    fates: tuple[Fate, ...]
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """A record on its way; `changed_at` says when messages last changed a value."""

    record: Record
    messages: tuple[int, ...] = ()
    changed_at: Mapping[str, int] = field(default_factory=dict)
    is_gone: bool = False  # deleted since: nobody wants it back


def replay(history: History, *, uid_root: str) -> Replayed:
    """Make records again from their messages, in the order of their numbers.

    OrderError if a message that was applied cannot be any more, or if two records would become one.
    """
    steps = {
        number: _Step(replace(history.records[number], message_time="", senders={}, patient_senders={}))
        for number in history.incomplete
    }
    fates: list[Fate] = []
    heard = {message.number for message in history.messages}
    merged = [each for each in history.merged if each.message not in heard]
    waiting = sorted(history.statuses, key=lambda each: each.at)
    for message in sorted(history.messages, key=lambda each: each.number):
        while waiting and waiting[0].at < message.at:
            _set_status(steps, waiting.pop(0))
        steps, fate = _hear(steps, message, history, merged, uid_root)
        if fate.error is not None and message.was_applied:
            raise OrderError(
                f"Message {message.number} was applied and cannot be any more: {fate.error.sentence}",
                where=fate.error.where,
                hint="mend the mapping",
                code="message.not-again",
            )
        if fate.error is None:
            merged += _list_merged(message, history)
        fates.append(fate)
    for each in waiting:
        _set_status(steps, each)
    rebuilt = tuple(_finish(number, steps[number], history, uid_root) for number in _order(steps))
    _check_identities(rebuilt)
    return Replayed(rebuilt, tuple(fates), tuple(sorted(history.records.keys() - steps.keys())))


def _set_status(steps: dict[int, _Step], told: StatusSet) -> None:
    step = steps.get(told.record_id)
    if step is not None:
        steps[told.record_id] = replace(step, record=replace(step.record, status=told.status))


def _hear(
    steps: dict[int, _Step], message: Heard, history: History, merged: Sequence[Merged], uid_root: str
) -> tuple[dict[int, _Step], Fate]:
    """The records after a message; as before it if one of its orders is wrong."""
    if message.error is not None or message.ignored:
        return steps, Fate(message.number, message.error, message.ignored)
    # A message that made a record did not find those of its order that are no more.
    after = {
        number: step
        for number, step in steps.items()
        if not (step.is_gone and message.made and number not in message.touched)
    }
    reasons: list[str] = []
    warnings: list[str] = []
    is_applied = False
    try:
        for order, change in _decide(after, message, history, merged, uid_root):
            _take(after, order, change, message, history)
            is_applied = is_applied or change.action is not Action.IGNORE
            reasons.append(change.reason)
            warnings += change.warnings
    except OrderError as error:
        return steps, Fate(message.number, error.to_value())
    reason = "" if is_applied else "; ".join(dict.fromkeys(reasons))
    return after, Fate(message.number, None, reason, tuple(dict.fromkeys(warnings)))


def _decide(
    steps: Mapping[int, _Step], message: Heard, history: History, merged: Sequence[Merged], uid_root: str
) -> Iterator[tuple[Order | None, Change]]:
    """What a message changes, one change after the other: what it changed so far is in `steps`."""
    for patient in message.patients:
        records = _records_of(steps)
        patient = recall(patient, message.number, history.merged, records)
        for change in decide_patient(patient, records, uid_root=uid_root):
            yield None, change
    for order in message.orders:
        records = _records_of(steps)
        way = find_remaining(
            patient_of(order.values),
            lambda number: [
                each for each in merged if each.patient.id == number and each.was_known(message.number)
            ],
        )
        if way:
            number = text_of(order.values, "patient_id")
            old = [each for each in records if text_of(each.values, "patient_id") == number]
            new = [each for each in records if each not in old]
            changes = decide_merged(order, way, old, new, uid_root=uid_root)
        else:
            changes = decide(order, records, uid_root=uid_root)
        for change in changes:
            yield order, change


def _records_of(steps: Mapping[int, _Step]) -> list[Record]:
    return [step.record for step in steps.values()]


def _list_merged(message: Heard, history: History) -> list[Merged]:
    """What a message merges, as it is read today; how long it held is what was stored."""
    until = {each.patient: each.until for each in history.merged if each.message == message.number}
    return [
        replace(each, until=until.get(each.patient, 0))
        for change in message.patients
        for each in list_merged(recall(change, message.number, history.merged), message.number)
    ]


def _take(
    steps: dict[int, _Step], order: Order | None, change: Change, message: Heard, history: History
) -> None:
    if change.record is None:
        return
    if change.before or order is None:
        step = steps[change.before.id if change.before else change.record.id]
    else:
        number = _recognize(order, change, message, steps, history)
        step = _Step(Record({}, id=number), is_gone=_is_gone(number, message, history))
    old, new = step.record.values, change.record.values
    changed = {name: message.at for name in {*old, *new} if old.get(name) != new.get(name)}
    steps[step.record.id] = replace(
        step,
        record=replace(change.record, id=step.record.id),
        messages=step.messages if change.action is Action.IGNORE else (*step.messages, message.number),
        changed_at={**step.changed_at, **changed},
    )


def _is_gone(number: int, message: Heard, history: History) -> bool:
    """Whether a record was deleted: a message that was applied makes none that it did not make then."""
    if number > 0:
        return number not in history.records
    return message.was_applied and not any(each in history.records for each in message.touched)


def _recognize(
    order: Order, change: Change, message: Heard, steps: Mapping[int, _Step], history: History
) -> int:
    """The id of the record that an order makes: one that its message made when it came, else one that a
    later message made in its stead, else a number below 0 for a new one.
    """
    free = [number for number in (*message.made, *message.touched) if number not in steps]
    stored = [number for number in free if number in history.records]
    if free and not stored:
        return free[0]
    stored = stored or [
        number
        for number, record in history.records.items()
        if number not in steps and _is_meant(order, record)
    ]
    if stored:
        return max(stored, key=lambda number: _likeness(order, change, history.records[number]))
    return min((0, *steps)) - 1


def _is_meant(order: Order, record: Record) -> bool:
    """Whether the order, if it came now, would speak of this record."""
    try:
        return any(change.before for change in decide(order, [record], uid_root=""))
    except OrderError:
        return False


def _likeness(order: Order, change: Change, record: Record) -> tuple[bool, int]:
    """How much of a record is what an order sends, whoever the patient is: a merge may have changed that."""
    made = change.record.values if change.record else order.values
    own = {name: value for name, value in record.values.items() if name not in PATIENT_LEVEL}
    patient = {name: value for name, value in made.items() if name in PATIENT_LEVEL}
    same = sum(own.get(name) == value for name, value in order.values.items())
    return change.identity == identity_of({**own, **patient}), same


def _order(steps: Mapping[int, _Step]) -> list[int]:
    """Those that are there by their ids, then the new ones in the order in which they were made."""
    kept = [number for number, step in steps.items() if not step.is_gone]
    return sorted(kept, key=lambda number: (number < 0, abs(number)))


def _finish(number: int, step: _Step, history: History, uid_root: str) -> Rebuilt:
    before = history.records.get(number)
    is_incomplete = number in history.incomplete
    edits = [edit for edit in history.edits if edit.record_id == number]
    if before is not None and is_incomplete:
        # Whether a message that is kept no longer changed the value since, the record tells.
        edits = [edit for edit in edits if (before.values.get(edit.name) or None) == (edit.value or None)]
    values, edited = _put_back(step, edits)
    told = before or step.record
    completed = complete_again(
        values, told.completed, uid_root=uid_root, stations=assigned_stations(step.record)
    )
    record = replace(step.record, id=0, values=values, completed=completed, edited=edited)
    if before is not None:
        record = replace(
            record,
            id=before.id,
            version=before.version,
            created_at=before.created_at,
            updated_at=before.updated_at,
            status=before.status if number in history.kept_statuses else record.status,
            message_time=max(record.message_time, before.message_time if is_incomplete else ""),
            senders=_newest(before.senders, record.senders) if is_incomplete else record.senders,
            patient_senders=_newest(before.patient_senders, record.patient_senders)
            if is_incomplete
            else record.patient_senders,
        )
    return Rebuilt(before, record, identity_of(values), tuple(dict.fromkeys(step.messages)))


def _newest(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    return {sender: max(one.get(sender, 0), other.get(sender, 0)) for sender in {*one, *other}}


def _put_back(step: _Step, edits: Iterable[Edit]) -> tuple[Mapping[str, Value], Mapping[str, Value]]:
    """The values of the messages with those that people wrote, unless a newer message changed them.

    And what was sent in their places.
    """
    values = dict(step.record.values)
    edited = dict(step.record.edited)
    for edit in sorted(edits, key=lambda each: each.at):
        if edit.at < step.changed_at.get(edit.name, 0):
            continue
        edited.setdefault(edit.name, values.get(edit.name, ""))
        if edit.value:
            values[edit.name] = edit.value
        else:
            values.pop(edit.name, None)
    return values, edited


def _check_identities(rebuilt: Sequence[Rebuilt]) -> None:
    known: dict[str, Rebuilt] = {}
    for each in rebuilt:
        if known.setdefault(each.identity, each) is not each:
            raise OrderError(
                "Two records would have the same IDs.",
                hint="let the mapping find what tells them apart",
                code="order.identity-conflict",
            )
