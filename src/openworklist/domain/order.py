"""What an order does to the records it speaks of: pure. What each code asks for stands in domain.control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.completion import assigned_stations, complete
from openworklist.domain.control import Action, Rule, find_rule, is_known
from openworklist.domain.errors import OrderError
from openworklist.domain.finding import find_steps
from openworklist.domain.identity import (
    DESCRIPTION,
    ORDER_NUMBERS,
    PROCEDURE,
    START,
    STEP,
    has_ids,
    has_number,
    identity_of,
)
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.sent import NEVER, Sent, find_newer, newest, remember, show
from openworklist.domain.uids import make_uid

_NO_PLACES: Final[Mapping[str, int]] = MappingProxyType({})
_SAYS_WHAT: Final = (
    PROCEDURE,
    DESCRIPTION,
    "requested_procedure_code_sequence",
    STEP,
    "scheduled_procedure_step_description",
    "scheduled_protocol_code_sequence",
)
_REQUIRED: Final = (("patient_id", "PID-3"), ("patient_name", "PID-5"))
_OTHER_IDS: Final = "names another procedure or step: taken for the one step of the order"
_STUDY: Final = "study_instance_uid"
_ORDER_STATUS: Final = "order_status"  # ORC-5 as it came


@dataclass(frozen=True, slots=True)
class Order:
    """One scheduled step: ORC-1, ORC-5, its values, and the attributes that `""` deletes.

    `detail` is the segment that says what is ordered: OBR or IPC, RXO and the like, "" where there is none.
    `defaults` names values that are not the sender's: they never replace one that a record has.
    `places` says which ORC, OBR and IPC of the message are its own, where there are several orders in it.
    `stations` are AE titles by rule (domain.stations), where the message names none; `left_out` says why it
    becomes no record (domain.filters), "" if it does.
    """

    control: str
    status_code: str
    values: Mapping[str, Value]
    nullified: frozenset[str] = frozenset()
    sent: Sent = NEVER
    warnings: tuple[str, ...] = ()
    detail: str = "OBR"
    places: Mapping[str, int] = field(default_factory=lambda: _NO_PLACES)
    defaults: frozenset[str] = frozenset()
    stations: str = ""
    left_out: str = ""

    @property
    def is_imaging(self) -> bool:
        return self.detail in ("OBR", "IPC", "")

    @property
    def has_procedure(self) -> bool:
        return any(self.values.get(name) for name in _SAYS_WHAT)

    @property
    def ids_place(self) -> str:
        return self.locate(f"{self.detail}-4" if self.detail else "ORC-2")

    def locate(self, where: str) -> str:
        """A place in the order as one in its message: OBR[2]-4 for OBR-4."""
        segment, dash, rest = where.partition("-")
        number = self.places.get(segment)
        return f"{segment}[{number}]{dash}{rest}" if number else where


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be stored, and why. `record` is None where nothing is; its id is 0 where it is new.

    With IGNORE it differs from `before` in nothing that scanners see. `problem` is for the sender to know:
    what it asked for was not done.
    """

    action: Action
    record: Record | None
    before: Record | None
    identity: str | None
    reason: str
    warnings: tuple[str, ...] = ()
    problem: OrderError | None = None


def decide(order: Order, existing: Sequence[Record], *, uid_root: str) -> tuple[Change, ...]:
    """What an order changes among the records of its patient.

    OrderError with code `order.field-missing` if a new record lacks what tells it from others, with
    `order.identity-conflict` if it cannot be told which record is meant.
    """
    if not order.is_imaging:
        return (_pass_over(order, f"{order.detail} orders no imaging"),)
    rule, odd = find_rule(order.control, order.status_code)
    if odd:
        order = replace(order, warnings=(*order.warnings, *odd))
    if rule.action is Action.IGNORE:
        return (_ignore(order, f"{rule.reason} ({order.control})"),)
    if not is_known(order.control) and not order.has_procedure:
        return (_pass_over(order, "neither ORC-1 nor a procedure says what is to be done"),)
    steps = find_steps(order.values, rule, existing, order.ids_place)
    if steps:
        changes = tuple(_apply(order, rule, step, uid_root) for step in steps)
        _check_identities(order, changes, existing)
        return changes
    if order.left_out:
        return (_ignore(order, order.left_out),)
    if not rule.creates:
        reason = f"{order.control} speaks of an order that is not here: there is nothing to {rule.action}"
        return (_fail(order, reason, code="order.unknown", where="ORC-2"),)
    if not order.detail and not order.has_procedure:
        return (_pass_over(order, "no OBR or IPC says what is to be done"),)
    return (_create(order, rule, existing, uid_root),)


def _ignore(order: Order, reason: str, before: Record | None = None, after: Record | None = None) -> Change:
    return Change(Action.IGNORE, after if after != before else None, before, None, reason, order.warnings)


def _fail(
    order: Order,
    reason: str,
    *,
    code: str,
    where: str,
    before: Record | None = None,
    after: Record | None = None,
) -> Change:
    """Ignore an order that asked for something."""
    problem = OrderError(f"{reason[0].upper()}{reason[1:]}.", where=order.locate(where), code=code)
    return replace(_ignore(order, reason, before, after), problem=problem)


def _pass_over(order: Order, reason: str) -> Change:
    return _fail(order, f"ignored because {reason}", code="order.no-procedure", where="ORC-1")


def _create(order: Order, rule: Rule, existing: Sequence[Record], uid_root: str) -> Change:
    values = order.values
    for name, where in _REQUIRED:
        if not values.get(name):
            raise OrderError("The order has no patient.", where=where, code="order.field-missing")
    if not _can_be_told(values):
        raise OrderError(
            "The order has neither a number nor a procedure ID nor a whole start.",
            where=order.locate("ORC-2"),
            hint="send an order number, or map the field that holds it",
            code="order.field-missing",
        )
    senders = remember(order.sent, {})
    record = Record(
        values=values,
        completed=_complete_anew(order, existing, uid_root),
        message_time=newest(senders),
        senders=senders,
        warnings=order.warnings,
    )
    reason = "the order is new" if rule.adds else f"the order is new here, though {order.control} was sent"
    return Change(Action.CREATE, record, None, identity_of(values), reason, order.warnings)


def _complete_anew(order: Order, existing: Sequence[Record], uid_root: str) -> Mapping[str, Value]:
    """What a new record lacks; its study is not that of an exam whose procedure was changed since."""
    values = order.values
    completed = complete(values, uid_root=uid_root, stations=order.stations)
    uid = completed.get(_STUDY)
    if uid and any(
        each.get(_STUDY) == uid and each.get(PROCEDURE) != values.get(PROCEDURE, "") for each in existing
    ):
        return {**completed, _STUDY: make_uid(uid_root, str(uid))}
    return completed


def _can_be_told(values: Mapping[str, Value]) -> bool:
    """Whether the order, sent again, would be known again (domain.identity)."""
    date, time = START
    has_start = values.get(date) and (values.get(time) or values.get(DESCRIPTION))
    return has_number(values) or bool(values.get(PROCEDURE) or has_start)


def _apply(order: Order, rule: Rule, before: Record, uid_root: str) -> Change:
    if newer := find_newer(order.sent, before.senders):
        reason = f"the message is older than what is stored, which was sent {show(newer)}"
        return _fail(order, reason, code="order.older", where="MSH-7", before=before)
    senders = remember(order.sent, before.senders)
    noted = before
    if senders != before.senders:
        noted = replace(before, senders=senders, message_time=newest(senders))
    if before.status.is_terminal and before.status not in rule.reopens:
        if rule.ends:
            return _ignore(order, f"the step is {before.status} already", before, noted)
        # What ended does not come back by itself, and never in silence.
        reason = f"the step is {before.status}; {order.control or 'the order'} does not bring it back"
        return _fail(order, reason, code="order.ended", where="ORC-1", before=before, after=noted)
    if rule.takes_values:
        after, warnings = _merge(order, noted)
    else:
        after, warnings = _note_status(order, noted), order.warnings
    if not has_ids(order.values, before):
        warnings = (*warnings, f"{order.ids_place} {_OTHER_IDS}")
    # A change of the order moves the exam; a status, or a message that no rule fits, leaves it where it is.
    stations = (order.stations if rule.takes_values else "") or assigned_stations(before)
    completed = complete(after.values, uid_root=uid_root, stations=stations)
    after = replace(
        after,
        completed={**completed, **_kept(before, after.values)},
        status=_next_status(rule, before.status),
        warnings=warnings if rule.takes_values else before.warnings,
    )
    if (after.values, after.completed, after.status) == (before.values, before.completed, before.status):
        return replace(_ignore(order, "the record is already as sent", before, after), warnings=warnings)
    action, reason = rule.action, rule.reason
    if before.status.is_terminal:
        action, reason = (
            Action.REOPEN,
            f"{order.control or 'a new order'} brings back what was {before.status}",
        )
    return Change(action, after, before, identity_of(after.values), reason, warnings)


def _merge(order: Order, before: Record) -> tuple[Record, tuple[str, ...]]:
    """The record with the values sent: an empty field leaves a value, `""` deletes it.

    Patient and order number stay: a record without them is nobody's, and no later order finds it.
    """
    values = {**before.values, **order.values}
    for name in order.defaults:
        values[name] = before.values.get(name) or order.values[name]
    deleted = {name for name in order.nullified if values.get(name)}
    kept = deleted & {name for name, _ in _REQUIRED}
    if not has_number({name: value for name, value in values.items() if name not in deleted}):
        kept |= deleted & set(ORDER_NUMBERS)
    for name in deleted - kept:
        del values[name]
    warnings = tuple(
        f'{BY_NAME[name].label}: "" does not delete it, no record is without' for name in sorted(kept)
    )
    return replace(before, values=values), (*order.warnings, *warnings)


def _note_status(order: Order, before: Record) -> Record:
    """The record with the status as received. Other values stay: ORC-15 is the time of the change here."""
    status = order.values.get(_ORDER_STATUS)
    return replace(before, values={**before.values, _ORDER_STATUS: status}) if status else before


def _next_status(rule: Rule, status: Status) -> Status:
    if status.is_terminal:
        return rule.status or Status.SCHEDULED
    return rule.status if rule.status and status in rule.changes else status


def _check_identities(order: Order, changes: Sequence[Change], existing: Sequence[Record]) -> None:
    """OrderError if a change would make two records one: no later order could tell them apart."""
    for change in changes:
        if change.before is None or change.identity in (None, identity_of(change.before.values)):
            continue
        if any(
            each.id != change.before.id and identity_of(each.values) == change.identity for each in existing
        ):
            raise OrderError(
                "The change gives a step the IDs of another.",
                where=order.ids_place,
                hint="cancel one of them",
                code="order.identity-conflict",
            )


# What a scanner may have been told and tells the step by. All else follows from what is sent now: a moved
# exam has the name of its new station.
_TOLD: Final = (PROCEDURE, STEP, _STUDY)


def _kept(before: Record, values: Mapping[str, Value]) -> dict[str, Value]:
    """The identifiers made up once stay: only what was sent since takes their place."""
    return {
        name: before.completed[name] for name in _TOLD if before.completed.get(name) and not values.get(name)
    }
