"""The state table of PS3.8 9.2.3 (table 9-10) as data, for the side that accepts associations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Final


class State(IntEnum):
    """By the standard's numbers; 4, 5, 9 and 11 are the requestor's."""

    IDLE = 1
    AWAITING_REQUEST = 2
    AWAITING_ANSWER = 3
    ESTABLISHED = 6
    AWAITING_RELEASE_REPLY = 7
    AWAITING_RELEASE_ANSWER = 8
    COLLISION_AWAITING_REPLY = 10
    COLLISION_AWAITING_ANSWER = 12
    AWAITING_CLOSE = 13


class Trigger(IntEnum):
    """What happens to an association, by the standard's event numbers; 1 and 2 are the requestor's."""

    ACCEPT_RECEIVED = 3
    REJECT_RECEIVED = 4
    CONNECTION_OPENED = 5
    REQUEST_RECEIVED = 6
    ACCEPTED = 7
    REJECTED = 8
    DATA_SENT = 9
    DATA_RECEIVED = 10
    RELEASE_ASKED = 11
    RELEASE_REQUEST_RECEIVED = 12
    RELEASE_REPLY_RECEIVED = 13
    RELEASE_ANSWERED = 14
    ABORTED = 15
    ABORT_RECEIVED = 16
    CONNECTION_CLOSED = 17
    TIMER_EXPIRED = 18
    INVALID_RECEIVED = 19


class Timer(Enum):
    START = auto()
    STOP = auto()
    KEEP = auto()


@dataclass(frozen=True, slots=True)
class Action:
    """What PS3.8 tables 9-6 to 9-9 have done, apart from the PDU or indication itself.

    `aborts` says that an A-ABORT is sent, `closes` that the transport connection is closed.
    """

    name: str
    state: State
    timer: Timer = Timer.KEEP
    aborts: bool = False
    closes: bool = False


AE_5: Final = Action("AE-5", State.AWAITING_REQUEST, Timer.START)
AE_6: Final = Action("AE-6", State.AWAITING_ANSWER, Timer.STOP)
AE_7: Final = Action("AE-7", State.ESTABLISHED)
AE_8: Final = Action("AE-8", State.AWAITING_CLOSE, Timer.START)
DT_1: Final = Action("DT-1", State.ESTABLISHED)
DT_2: Final = Action("DT-2", State.ESTABLISHED)
AR_1: Final = Action("AR-1", State.AWAITING_RELEASE_REPLY)
AR_2: Final = Action("AR-2", State.AWAITING_RELEASE_ANSWER)
AR_3: Final = Action("AR-3", State.IDLE, closes=True)
AR_4: Final = Action("AR-4", State.AWAITING_CLOSE, Timer.START)
AR_5: Final = Action("AR-5", State.IDLE, Timer.STOP)
AR_6: Final = Action("AR-6", State.AWAITING_RELEASE_REPLY)
AR_7: Final = Action("AR-7", State.AWAITING_RELEASE_ANSWER)
AR_8: Final = Action("AR-8", State.COLLISION_AWAITING_REPLY)
AR_10: Final = Action("AR-10", State.COLLISION_AWAITING_ANSWER)
AA_1: Final = Action("AA-1", State.AWAITING_CLOSE, Timer.START, aborts=True)
AA_2: Final = Action("AA-2", State.IDLE, Timer.STOP, closes=True)
AA_3: Final = Action("AA-3", State.IDLE, closes=True)
AA_4: Final = Action("AA-4", State.IDLE)
AA_5: Final = Action("AA-5", State.IDLE, Timer.STOP)
AA_6: Final = Action("AA-6", State.AWAITING_CLOSE)
AA_7: Final = Action("AA-7", State.AWAITING_CLOSE, aborts=True)
AA_8: Final = Action("AA-8", State.AWAITING_CLOSE, Timer.START, aborts=True)

_WITH_ASSOCIATION: Final = (
    State.AWAITING_ANSWER,
    State.ESTABLISHED,
    State.AWAITING_RELEASE_REPLY,
    State.AWAITING_RELEASE_ANSWER,
    State.COLLISION_AWAITING_REPLY,
    State.COLLISION_AWAITING_ANSWER,
)


def _row(
    trigger: Trigger, at_start: Action, within: Action, at_end: Action, **exceptions: Action
) -> dict[tuple[Trigger, State], Action]:
    """A row of the table: Sta2, Sta3 to Sta12, Sta13, and the cells that differ."""
    cells = {(trigger, State.AWAITING_REQUEST): at_start, (trigger, State.AWAITING_CLOSE): at_end}
    cells |= {(trigger, state): within for state in _WITH_ASSOCIATION}
    return cells | {(trigger, State[name]): action for name, action in exceptions.items()}


TABLE: Final[Mapping[tuple[Trigger, State], Action]] = {
    (Trigger.CONNECTION_OPENED, State.IDLE): AE_5,
    (Trigger.ACCEPTED, State.AWAITING_ANSWER): AE_7,
    (Trigger.REJECTED, State.AWAITING_ANSWER): AE_8,
    (Trigger.DATA_SENT, State.ESTABLISHED): DT_1,
    (Trigger.DATA_SENT, State.AWAITING_RELEASE_ANSWER): AR_7,
    (Trigger.RELEASE_ASKED, State.ESTABLISHED): AR_1,
    (Trigger.RELEASE_ANSWERED, State.AWAITING_RELEASE_ANSWER): AR_4,
    (Trigger.RELEASE_ANSWERED, State.COLLISION_AWAITING_ANSWER): AR_4,
    (Trigger.TIMER_EXPIRED, State.AWAITING_REQUEST): AA_2,
    (Trigger.TIMER_EXPIRED, State.AWAITING_CLOSE): AA_2,
    **{(Trigger.ABORTED, state): AA_1 for state in _WITH_ASSOCIATION},
    **_row(Trigger.ACCEPT_RECEIVED, AA_1, AA_8, AA_6),
    **_row(Trigger.REJECT_RECEIVED, AA_1, AA_8, AA_6),
    **_row(Trigger.REQUEST_RECEIVED, AE_6, AA_8, AA_7),
    **_row(Trigger.DATA_RECEIVED, AA_1, AA_8, AA_6, ESTABLISHED=DT_2, AWAITING_RELEASE_REPLY=AR_6),
    **_row(Trigger.RELEASE_REQUEST_RECEIVED, AA_1, AA_8, AA_6, ESTABLISHED=AR_2, AWAITING_RELEASE_REPLY=AR_8),
    **_row(
        Trigger.RELEASE_REPLY_RECEIVED,
        AA_1,
        AA_8,
        AA_6,
        AWAITING_RELEASE_REPLY=AR_3,
        COLLISION_AWAITING_REPLY=AR_10,
    ),
    **_row(Trigger.ABORT_RECEIVED, AA_2, AA_3, AA_2),
    **_row(Trigger.CONNECTION_CLOSED, AA_5, AA_4, AR_5),
    **_row(Trigger.INVALID_RECEIVED, AA_1, AA_8, AA_7),
}
