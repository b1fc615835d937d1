"""An order as it was read, and what is to become of a record, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from openworklist.domain.control import LISTED, LISTED_AGAIN, Action
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import DESCRIPTION, PROCEDURE, STEP
from openworklist.domain.record import Record, Value
from openworklist.domain.sent import NEVER, Sent

_NO_PLACES: Final[Mapping[str, int]] = MappingProxyType({})
_SAYS_WHAT: Final = (
    PROCEDURE,
    DESCRIPTION,
    "requested_procedure_code_sequence",
    STEP,
    "scheduled_procedure_step_description",
    "scheduled_protocol_code_sequence",
)
# Segments that say what is to be done in imaging; "" where none does.
_IMAGING: Final = frozenset({"OBR", "IPC", "AIS", "SCH", ""})
_APPOINTMENTS: Final = frozenset({"AIS", "SCH"})
# An appointment has no ORC: its trigger event and its numbers stand elsewhere.
_IN_APPOINTMENTS: Final = {"ORC-1": "MSH-9", "ORC-2": "SCH-1"}
# An entry of another worklist has tags.
_IN_ENTRIES: Final = {
    "PID-3": "(0010,0020)",
    "PID-5": "(0010,0010)",
    "ORC-1": "(0040,0020)",
    "ORC-2": "(0008,0050)",
    "OBR-4": "(0040,1001)",
    "MSH-7": "",
}
_IDS_PLACES: Final = {"": "ORC-2", "AIS": "AIS-3", "SCH": "SCH-1"}


@dataclass(frozen=True, slots=True)
class Order:
    """One scheduled step: ORC-1, ORC-5, its values, and the attributes that `""` deletes.

    Of an appointment `control` is the trigger event (S12), `status_code` the status of table 0278.
    `detail` is the segment that says what is ordered: OBR or IPC, AIS or SCH of an appointment, RXO and the
    like, "" where there is none. `places` says which ORC, OBR, IPC and AIS of the message are its own, where
    there are several orders in it. `defaults` names values that are not the sender's: they never replace one
    that a record has. `stations` are AE titles by rule (domain.stations), where the message names none;
    `left_out` says why it becomes no record (domain.filters), "" if it does.
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
    parent: str = ""  # the number of the order that this one, an RO, replaces
    replaced_by: str = ""  # the number of the order that takes this one's place
    is_followed: bool = False  # it came for an ID that was merged; it is taken for the patient that remains

    @property
    def is_imaging(self) -> bool:
        return self.detail in _IMAGING

    @property
    def is_appointment(self) -> bool:
        return self.detail in _APPOINTMENTS

    @property
    def is_entry(self) -> bool:
        """Whether it comes from another worklist and not as a message."""
        return self.control in (LISTED, LISTED_AGAIN)

    @property
    def has_procedure(self) -> bool:
        return any(self.values.get(name) for name in _SAYS_WHAT)

    @property
    def ids_place(self) -> str:
        return self.locate(_IDS_PLACES.get(self.detail, f"{self.detail}-4"))

    def locate(self, where: str) -> str:
        """A place in the order as one in its message: OBR[2]-4 for OBR-4."""
        if self.is_entry:
            return _IN_ENTRIES.get(where, where)
        if self.is_appointment:
            where = _IN_APPOINTMENTS.get(where, where)
        segment, dash, rest = where.partition("-")
        number = self.places.get(segment)
        return f"{segment}[{number}]{dash}{rest}" if number else where


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be stored, and why. `record` is None where nothing is; its id is 0 where it is new.

    With IGNORE it differs from `before` in nothing that scanners see. `problem` is for the sender to know:
    what it asked for was not done, or somebody should look at what was.
    """

    action: Action
    record: Record | None
    before: Record | None
    identity: str | None
    reason: str
    warnings: tuple[str, ...] = ()
    problem: OrderError | None = None


def ignore(order: Order, reason: str, before: Record | None = None, after: Record | None = None) -> Change:
    return Change(Action.IGNORE, after if after != before else None, before, None, reason, order.warnings)


def fail(
    order: Order,
    reason: str,
    *,
    code: str,
    where: str,
    before: Record | None = None,
    after: Record | None = None,
) -> Change:
    """Ignore an order that asked for something."""
    return replace(ignore(order, reason, before, after), problem=make_problem(order, reason, code, where))


def pass_over(order: Order, reason: str) -> Change:
    return fail(order, f"ignored because {reason}", code="order.no-procedure", where="ORC-1")


def make_problem(order: Order, reason: str, code: str, where: str) -> OrderError:
    """A reason as a sentence for the sender."""
    return OrderError(f"{reason[0].upper()}{reason[1:]}.", where=order.locate(where), code=code)
