"""When each system sent last, what came of it, and how many messages it sent since a moment."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, case, func, select

from openworklist.domain.outcome import Outcome
from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import messages

_MOST: Final = 20_000  # messages that are looked at for those that were silent since
_MOST_SENDERS: Final = 1_000

_SENDER: Final = (messages.c.sending_application, messages.c.sending_facility)
_COUNT: Final = Statement(
    select(
        *_SENDER,
        func.count(),
        func.count(case((messages.c.outcome == Outcome.REFUSED.value, 1))),
        func.max(messages.c.received_at),
    )
    .where(messages.c.received_at >= bindparam("since"))
    .group_by(*_SENDER)
    .limit(bindparam("most", _MOST_SENDERS))
)
_NEWEST: Final = (
    select(*_SENDER, messages.c.received_at)
    .where(messages.c.received_at < bindparam("since"))
    .order_by(messages.c.received_at.desc())
    .limit(bindparam("looked_at", _MOST))
    .subquery()
)
_BEFORE: Final = Statement(
    select(_NEWEST.c.sending_application, _NEWEST.c.sending_facility, func.max(_NEWEST.c.received_at))
    .group_by(_NEWEST.c.sending_application, _NEWEST.c.sending_facility)
    .limit(bindparam("most", _MOST_SENDERS))
)
_LAST: Final = Statement(
    select(messages.c.id, messages.c.outcome, messages.c.reason)
    .where(
        messages.c.received_at == bindparam("at"),
        messages.c.sending_application == bindparam("application"),
        messages.c.sending_facility == bindparam("facility"),
    )
    .order_by(messages.c.id.desc())
    .limit(1)
)


class Activity(NamedTuple):
    """What a system sent. `last_at` is in microseconds since 1970; `messages` and `refused` are counts."""

    last_at: int
    message_id: int
    outcome: Outcome
    reason: str
    messages: int
    refused: int


def find_activity(connection: Connection, since: int) -> dict[str, Activity]:
    """By MSH-3|MSH-4. A system that was silent for long, while others sent thousands, is left out."""
    counted = {(row[0], row[1]): tuple(row[2:]) for row in connection.run(_COUNT, {"since": since})}
    for application, facility, last_at in connection.run(_BEFORE, {"since": since}):
        counted.setdefault((application, facility), (0, 0, last_at))
    found = {}
    for (application, facility), (count, refused, last_at) in counted.items():
        values = {"at": last_at, "application": application, "facility": facility}
        rows = connection.run(_LAST, values)
        if rows:
            number, outcome, reason = rows[0]
            name = f"{application}|{facility}"
            found[name] = Activity(last_at, number, Outcome(outcome), reason, count, refused)
    return found
