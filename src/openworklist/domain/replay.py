"""Records as their messages make them, read anew: pure. What people wrote over them is put back on top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from openworklist.domain.completion import assigned_stations, complete
from openworklist.domain.control import Action
from openworklist.domain.edit import Edit
from openworklist.domain.errors import OpenWorklistError, OrderError
from openworklist.domain.identity import PROCEDURE, STEP, identity_of
from openworklist.domain.order import Change, Order, decide
from openworklist.domain.record import Record, Status, Value

# What a scanner may have been told: it stays, however the record is made again.
_TOLD: Final = (PROCEDURE, STEP, "study_instance_uid")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it is read today, and what it did when it came. Times are microseconds since 1970, UTC.

    `made` and `touched` are the ids of records, also of those that are no more. `error` or `ignored` says
    why it has no orders.
    """

    number: int
    at: int
    orders: tuple[Order, ...] = ()
    error: OpenWorklistError | None = None
    ignored: str = ""
    was_applied: bool = False
    made: tuple[int, ...] = ()
    touched: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusSet:
    """A status that something else than a message gave a record."""

    record_id: int
    at: int
    status: Status


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of some records that have messages in common.

    `incomplete` are those some of whose messages are kept no longer: what they are now is their base.
    `kept_statuses` are those whose status was set in a way that cannot be told again.
    """

    records: Mapping[int, Record] = field(default_factory=dict)
    messages: Sequence[Heard] = ()
    edits: Sequence[Edit] = ()
    statuses: Sequence[StatusSet] = ()
    incomplete: frozenset[int] = frozenset()
    kept_statuses: frozenset[int] = frozenset()


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
        number: _Step(replace(history.records[number], message_time="", senders={}))
        for number in history.incomplete
    }
    fates: list[Fate] = []
    waiting = sorted(history.statuses, key=lambda each: each.at)
    for message in sorted(history.messages, key=lambda each: each.number):
        while waiting and waiting[0].at < message.at:
            _set_status(steps, waiting.pop(0))
        steps, fate = _hear(steps, message, history, uid_root)
        if fate.error is not None and message.was_applied:
            raise OrderError(
                f"Message {message.number} was applied and cannot be any more: {fate.error.sentence}",
                where=fate.error.where,
                hint="mend the mapping",
                code="message.not-again",
            )
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
    steps: dict[int, _Step], message: Heard, history: History, uid_root: str
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
        for order in message.orders:
            for change in decide(order, [step.record for step in after.values()], uid_root=uid_root):
                _take(after, order, change, message, history)
                is_applied = is_applied or change.action is not Action.IGNORE
                reasons.append(change.reason)
                warnings += change.warnings
    except OrderError as error:
        return steps, Fate(message.number, error)
    reason = "" if is_applied else "; ".join(dict.fromkeys(reasons))
    return after, Fate(message.number, None, reason, tuple(dict.fromkeys(warnings)))


def _take(steps: dict[int, _Step], order: Order, change: Change, message: Heard, history: History) -> None:
    if change.record is None:
        return
    if change.before:
        step = steps[change.before.id]
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
    same = sum(record.values.get(name) == value for name, value in order.values.items())
    return change.identity == identity_of(record.values), same


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
    values = _put_back(step, edits)
    told = before or step.record
    kept = {name: told.completed[name] for name in _TOLD if told.completed.get(name) and not values.get(name)}
    completed = complete(values, uid_root=uid_root, stations=assigned_stations(step.record))
    record = replace(step.record, id=0, values=values, completed={**completed, **kept})
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
        )
    return Rebuilt(before, record, identity_of(values), tuple(dict.fromkeys(step.messages)))


def _newest(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    return {sender: max(one.get(sender, 0), other.get(sender, 0)) for sender in {*one, *other}}


def _put_back(step: _Step, edits: Iterable[Edit]) -> Mapping[str, Value]:
    """The values of the messages with those that people wrote, unless a newer message changed them."""
    values = dict(step.record.values)
    for edit in sorted(edits, key=lambda each: each.at):
        if edit.at < step.changed_at.get(edit.name, 0):
            continue
        if edit.value:
            values[edit.name] = edit.value
        else:
            values.pop(edit.name, None)
    return values


def _check_identities(rebuilt: Sequence[Rebuilt]) -> None:
    known: dict[str, Rebuilt] = {}
    for each in rebuilt:
        if known.setdefault(each.identity, each) is not each:
            raise OrderError(
                "Two records would have the same IDs.",
                hint="let the mapping find what tells them apart",
                code="order.identity-conflict",
            )
