"""What order control codes ask for, as data: HL7 table 0119 (ORC-1) with table 0038 (ORC-5).

The trigger events of appointments (SIU) stand beside them, with the status of table 0278 (SCH-25).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from openworklist.domain.record import Status


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"  # the record has another patient now, as the old one was merged into
    START = "start"
    CANCEL = "cancel"
    DISCONTINUE = "discontinue"
    COMPLETE = "complete"
    HOLD = "hold"
    RELEASE = "release"
    REOPEN = "reopen"
    IGNORE = "ignore"


_OPEN: Final = frozenset({Status.SCHEDULED, Status.STARTED, Status.ON_HOLD})
_CANCELED: Final = frozenset({Status.CANCELED})
_ENDED: Final = frozenset(status for status in Status if status.is_terminal)


class Rule(NamedTuple):
    """What a code does to a step, and what it does where there is none.

    A step whose status is among `changes` gets `status`; one that has ended stays as it is unless its status
    is among `reopens`. A rule that `adds` speaks of one step by all its IDs; the others speak of what was
    ordered before, so that the order number finds the step though another ID differs.
    """

    action: Action
    reason: str
    status: Status | None = None
    changes: frozenset[Status] = _OPEN
    reopens: frozenset[Status] = frozenset()
    takes_values: bool = False
    adds: bool = False
    creates: bool = False
    replaces: bool = False
    books: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it is for something that need not have been here before."""
        return self.adds or self.books

    @property
    def ends(self) -> bool:
        return self.status is not None and self.status.is_terminal


# What a scanner has begun is not unbegun by a resend.
_NEW: Final = Rule(
    Action.UPDATE, "the order was sent again", Status.SCHEDULED, frozenset({Status.ON_HOLD}), _CANCELED,
    takes_values=True, adds=True, creates=True,
)  # fmt: skip
_REPLACES: Final = _NEW._replace(reopens=_ENDED, replaces=True)
_CHANGES: Final = Rule(Action.UPDATE, "the order was changed", takes_values=True, creates=True)
_CANCELS: Final = Rule(Action.CANCEL, "the order was cancelled", Status.CANCELED)
REPLACED: Final = _CANCELS._replace(reason="the order was replaced by another")
_DISCONTINUES: Final = Rule(Action.DISCONTINUE, "the order was discontinued", Status.DISCONTINUED)
_COMPLETES: Final = Rule(Action.COMPLETE, "the sender says it is completed", Status.COMPLETED)
_HOLDS: Final = Rule(Action.HOLD, "the order was put on hold", Status.ON_HOLD)
_RELEASES: Final = Rule(
    Action.RELEASE, "the hold was released", Status.SCHEDULED, frozenset({Status.ON_HOLD})
)
# "Scheduled" is a reason to show a patient whose order never came.
_SCHEDULES: Final = Rule(Action.UPDATE, "the sender says it is scheduled", Status.SCHEDULED, creates=True)
_STARTS: Final = Rule(Action.START, "the sender says it has begun", Status.STARTED)
# An appointment is for what was ordered, so that its order's number finds the step; who did not come and is
# given another appointment comes back.
_BOOKS: Final = Rule(
    Action.UPDATE, "the appointment was made", Status.SCHEDULED, frozenset({Status.ON_HOLD}), _CANCELED,
    takes_values=True, creates=True, books=True,
)  # fmt: skip
_MOVES: Final = _BOOKS._replace(reason="the appointment was moved", books=False)
_AMENDS: Final = _CHANGES._replace(reason="the appointment was changed")
_CALLS_OFF: Final = _CANCELS._replace(reason="the appointment was cancelled")
_MISSES: Final = _CANCELS._replace(reason="no-show: the patient did not come")


def _ignores(reason: str) -> Rule:
    return Rule(Action.IGNORE, f"ignored because {reason}")


_STATUSES: Final = {
    "SC": _SCHEDULES,
    "IP": _STARTS,
    "A": _STARTS,
    "CM": _COMPLETES,
    "CA": _CANCELS,
    "RP": REPLACED,
    "DC": _DISCONTINUES,
    "HD": _HOLDS,
    "": _ignores("ORC-5 names no status that is known here"),
}
_CHANGED: Final = {"": _CHANGES, "CM": _COMPLETES, "CA": _CANCELS, "DC": _DISCONTINUES, "HD": _HOLDS}
# By ORC-1, then by ORC-5; "" in ORC-5 is any other value. The codes of a row mean the same here, whether they
# ask (CA), announce (OC) or confirm (CR).
_TABLE: Final[tuple[tuple[str, dict[str, Rule]], ...]] = (
    ("NW SN CH", {"": _NEW}),
    ("RO", {"": _REPLACES}),
    ("XO XX XR", _CHANGED),
    ("RP RQ RU", {"": REPLACED}),
    ("CA OC CR CP", {"": _CANCELS}),
    ("DC OD DR", {"": _DISCONTINUES}),
    ("HD OH HR", {"": _HOLDS}),
    ("RL OE OR", {"": _RELEASES}),
    ("SC SR", _STATUSES),
    ("PA", {"": _ignores("a parent is no step: its children are")}),
    ("NA", {"": _ignores("a number was assigned, nothing ordered")}),
    ("OK RR", {"": _ignores("the order was only acknowledged")}),
    ("RE CN PR", {"": _ignores("results are no order")}),
    ("AF DF FU OF RF", {"": _ignores("refills are for pharmacies")}),
    ("OP PY", {"": _ignores("it is dispensed elsewhere: pharmacies send that")}),
    ("LI UN", {"": _ignores("it is about a problem or goal of the patient")}),
    ("MC", {"": _ignores("it is a charge without an order")}),
    ("SS", {"": _ignores("statuses are not told here")}),
    ("DE", {"": _ignores("it tells of errors in data")}),
    ("UA", {"": _ignores("it says that the order could not be accepted")}),
    ("UC", {"": _ignores("it says that the order could not be cancelled")}),
    ("UD", {"": _ignores("it says that the order could not be discontinued")}),
    ("UF", {"": _ignores("it says that a refill could not be given")}),
    ("UH", {"": _ignores("it says that the order could not be put on hold")}),
    ("UM", {"": _ignores("it says that the order could not be replaced")}),
    ("UR", {"": _ignores("it says that the hold could not be released")}),
    ("UX", {"": _ignores("it says that the order could not be changed")}),
)
_SERVICE: Final = {
    "CANCELLED": _CALLS_OFF,
    "CANCELED": _CALLS_OFF,
    "DELETED": _CALLS_OFF,
    "DC": _DISCONTINUES,
    "NOSHOW": _MISSES,
    "STARTED": _STARTS,
    "COMPLETE": _COMPLETES,
}
# The trigger event of an SIU, then the status of the appointment or of one of its services.
_APPOINTMENTS: Final[tuple[tuple[str, dict[str, Rule]], ...]] = (
    ("S12", {"": _BOOKS}),
    ("S13", {"": _MOVES, **_SERVICE}),
    ("S14", {"": _AMENDS, **_SERVICE}),
    ("S15 S17", {"": _CALLS_OFF}),
    ("S26", {"": _MISSES}),
)
# An entry in the answer of another worklist, by its (0040,0020): nothing that a sender would write in ORC-1.
# As a new order it is one step by all its IDs; what ended here does not come back because it is still listed.
LISTED: Final = "a worklist entry"
LISTED_AGAIN: Final = "a worklist entry again"  # one that was gone, so that its record ended
_LISTS: Final = Rule(Action.UPDATE, "the worklist says so", takes_values=True, adds=True, creates=True)
_ENTRIES: Final = {
    "": _LISTS,
    "STARTED": _LISTS._replace(status=Status.STARTED, changes=frozenset({Status.SCHEDULED})),
    "COMPLETED": _COMPLETES._replace(adds=True),
    "DISCONTINUED": _DISCONTINUES._replace(adds=True),
    "CANCELED": _CANCELS._replace(adds=True),
    "CANCELLED": _CANCELS._replace(adds=True),
}
_BY_CODES: Final = {
    (code, status): rule
    for codes, row in (*_TABLE, *_APPOINTMENTS)
    for code in codes.split()
    for status, rule in row.items()
}
RULES: Final[dict[tuple[str, str], Rule]] = {
    **_BY_CODES,
    **{(LISTED, status): rule for status, rule in _ENTRIES.items()},
    **{(LISTED_AGAIN, status): rule._replace(reopens=_CANCELED) for status, rule in _ENTRIES.items()},
}
_CONTRADICTIONS: Final = frozenset({"CM", "CA", "DC", "HD"})


def find_rule(control: str, status_code: str) -> tuple[Rule, tuple[str, ...]]:
    """The rule for ORC-1 and ORC-5, and what was odd about them. What nobody knows is taken as NW."""
    rule = RULES.get((control, status_code)) or RULES.get((control, ""))
    if rule is None:
        named = f"{control!r} is no order control code that is known here" if control else "it is empty"
        return _NEW, (f"ORC-1: {named}; taken as NW",)
    if rule.adds and status_code in _CONTRADICTIONS:
        return rule, (f"ORC-5: {status_code} contradicts {control} in ORC-1, which counts",)
    return rule, ()


def is_known(control: str) -> bool:
    return (control, "") in RULES
