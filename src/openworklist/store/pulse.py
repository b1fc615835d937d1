"""What has moved: numbers of each kind of thing that differ after a change, whichever process made it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Table, bindparam, func, select
from sqlalchemy.sql.selectable import ScalarSelect

from openworklist.domain.outgoing import State
from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import (
    changes,
    configuration,
    messages,
    node_states,
    outbound,
    performed_steps,
    questions,
)

# On PostgreSQL a lower id may be committed after a higher one was seen; so many transactions never overlap.
_NEWEST: Final = 128
_WAITING: Final = 1_000  # messages of ours whose attempts are looked at


class Pulse(NamedTuple):
    """Each is only good for being compared with its value of another time."""

    records: object
    messages: object
    settings: object
    nodes: object
    outbound: object
    steps: object
    questions: object


def _newest(column: Column[Any]) -> ScalarSelect[Any]:
    """The sum of the highest values of an indexed column."""
    found = (
        select(column.label("value")).order_by(column.desc()).limit(bindparam("newest", _NEWEST)).subquery()
    )
    return select(func.coalesce(func.sum(found.c.value), 0)).scalar_subquery()


def _ended(state: State) -> ScalarSelect[Any]:
    """When a message of ours last came into a state, which the index of states and times answers."""
    name = f"state_{state}"
    return (
        select(func.coalesce(func.max(outbound.c.ended_at), 0))
        .where(outbound.c.state == bindparam(name, str(state)))
        .scalar_subquery()
    )


def _count(table: Table, *sums: Column[Any]) -> Statement:
    return Statement(
        select(func.count(), *(func.coalesce(func.max(each), 0) for each in sums)).select_from(table)
    )


_IDS: Final = Statement(
    select(
        _newest(changes.c.id),
        _newest(messages.c.id),
        _newest(configuration.c.id),
        _newest(performed_steps.c.updated_at),
        _newest(questions.c.last_asked),
        _newest(outbound.c.id),
        *map(_ended, (State.SENT, State.DEAD, State.DROPPED)),
    )
)
_NODES: Final = _count(node_states, node_states.c.asked_at, node_states.c.answered_at, node_states.c.next_at)
_STILL: Final = (
    select(outbound.c.attempts)
    .where(outbound.c.state == bindparam("waiting", str(State.WAITING)))
    .limit(bindparam("most", _WAITING))
    .subquery()
)
_TRIED: Final = Statement(select(func.count(), func.coalesce(func.sum(_STILL.c.attempts), 0)))


def find_pulse(connection: Connection) -> Pulse:
    """The numbers of this moment: some hundred rows of indexes, however much is stored."""
    record, message, setting, step, question, *sent = connection.run(_IDS)[0]
    nodes = connection.run(_NODES)[0]
    tried = connection.run(_TRIED)[0]
    return Pulse(record, message, setting, nodes, (*sent, *tried), step, question)
