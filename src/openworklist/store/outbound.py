"""The outbound queue: put, taken up by one server at a time, settled, and looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from openworklist.domain.outgoing import Outgoing, Result, State
from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import outbound

COLUMNS: Final = (
    outbound.c.id,
    outbound.c.destination,
    outbound.c.options,
    outbound.c.control_id,
    outbound.c.record_id,
    outbound.c.created_at,
    outbound.c.created_by,
    outbound.c.state,
    outbound.c.due_since,
    outbound.c.attempts,
    outbound.c.next_attempt_at,
    outbound.c.error_code,
    outbound.c.error,
    outbound.c.ended_at,
    outbound.c.changed_by,
)
_NAMES: Final = tuple(column.name for column in outbound.c if column.name != "id")
_WAITS: Final = outbound.c.state == State.WAITING.value

_INSERT: Final = Statement(
    insert(outbound).values({name: bindparam(name) for name in _NAMES}).returning(outbound.c.id)
)
_HEAD: Final = (
    outbound.c.destination,
    outbound.c.id,
    outbound.c.next_attempt_at,
    outbound.c.leased_by,
    outbound.c.leased_until,
)
_NEXT_HEAD: Final = Statement(
    select(*_HEAD)
    .where(_WAITS, outbound.c.destination > bindparam("after"))
    .order_by(outbound.c.destination, outbound.c.id)
    .limit(bindparam("one", 1))
)
_HEAD_OF: Final = Statement(
    select(*_HEAD)
    .where(_WAITS, outbound.c.destination == bindparam("destination"))
    .order_by(outbound.c.id)
    .limit(bindparam("one", 1))
)
_COUNT: Final = Statement(select(func.count()).select_from(outbound).where(_WAITS))
_LEASE: Final = Statement(
    update(outbound)
    .where(outbound.c.id == bindparam("number"))
    .values(leased_by=bindparam("owner"), leased_until=bindparam("until"))
)
_FIND: Final = Statement(select(*COLUMNS).where(outbound.c.id == bindparam("number")))
_BYTES: Final = Statement(
    select(outbound.c.content, outbound.c.acknowledgement).where(outbound.c.id == bindparam("number"))
)
_RESULT: Final = {
    "state": bindparam("new_state"),
    "attempts": outbound.c.attempts + 1,
    "leased_by": "",
    "leased_until": 0,
    "next_attempt_at": bindparam("next_attempt_at"),
    "error_code": bindparam("error_code"),
    "error": bindparam("error"),
    "acknowledgement": bindparam("acknowledgement"),
    "ended_at": bindparam("ended_at"),
}
_END: Final = Statement(update(outbound).where(outbound.c.id == bindparam("number"), _WAITS).values(_RESULT))
_PUT_BACK: Final = Statement(
    update(outbound)
    .where(outbound.c.id == bindparam("number"), _WAITS, outbound.c.leased_by == bindparam("owner"))
    .values(_RESULT)
)
_RELEASE: Final = Statement(
    update(outbound).where(_WAITS, outbound.c.leased_until > 0).values(leased_by="", leased_until=0)
)
_TRY_AGAIN: Final = Statement(
    update(outbound)
    .where(outbound.c.id == bindparam("number"))
    .values(
        state=State.WAITING.value,
        due_since=bindparam("now"),
        next_attempt_at=bindparam("now"),
        attempts=0,
        ended_at=0,
        changed_by=bindparam("actor"),
    )
)
_DROP: Final = Statement(
    update(outbound)
    .where(outbound.c.id == bindparam("number"))
    .values(
        state=State.DROPPED.value,
        ended_at=bindparam("now"),
        leased_by="",
        leased_until=0,
        changed_by=bindparam("actor"),
    )
)
_DELETE: Final = Statement(
    delete(outbound).where(
        outbound.c.id.in_(
            select(outbound.c.id)
            .where(outbound.c.state == bindparam("state"), outbound.c.ended_at < bindparam("cutoff"))
            .order_by(outbound.c.ended_at)
            .limit(bindparam("most", 0))
        )
    )
)


class Head(NamedTuple):
    """The first message that waits for a destination: while it is leased or not due, none is sent there."""

    destination: str
    id: int
    next_attempt_at: int
    leased_by: str
    leased_until: int

    def when(self, owner: str, now: int) -> int:
        """The moment from which `owner` may send it."""
        is_held = self.leased_by not in ("", owner) and self.leased_until > now
        return max(self.next_attempt_at, self.leased_until if is_held else 0)


class Claimed(NamedTuple):
    """A message that one server may send until its lease ends."""

    outgoing: Outgoing
    content: bytes


def insert_outgoing(
    connection: Connection,
    *,
    destination: str,
    options: str,
    content: bytes,
    control_id: str,
    record_id: int | None,
    now: int,
    actor: str,
) -> int:
    """Put a message behind those that wait for its destination; its number."""
    # Numbers are given in the order of commits: what is sent first came first.
    connection.lock(_lock(destination))
    return connection.insert(
        _INSERT,
        {
            "destination": destination,
            "options": options,
            "content": content,
            "control_id": control_id.replace("\0", ""),
            "record_id": record_id,
            "created_at": now,
            "created_by": actor.replace("\0", ""),
            "state": State.WAITING.value,
            "due_since": now,
            "attempts": 0,
            "next_attempt_at": now,
            "leased_by": "",
            "leased_until": 0,
            "error_code": "",
            "error": "",
            "acknowledgement": b"",
            "ended_at": 0,
            "changed_by": "",
        },
    )


def find_heads(connection: Connection) -> list[Head]:
    """The first message that waits for each destination: a look-up for each, however many wait behind."""
    heads: list[Head] = []
    after = ""
    while rows := connection.run(_NEXT_HEAD, {"after": after}):
        heads.append(Head._make(rows[0]))
        after = heads[-1].destination
    return heads


def claim(connection: Connection, destination: str, owner: str, now: int, until: int) -> Claimed | None:
    """Lease the first message of a destination until a moment; None if none is due, or another sends it."""
    connection.lock(_lock(destination))
    rows = connection.run(_HEAD_OF, {"destination": destination})
    if not rows:
        return None
    head = Head._make(rows[0])
    if head.when(owner, now) > now:
        return None
    connection.run_count(_LEASE, {"number": head.id, "owner": owner, "until": until})
    outgoing = find_outgoing(connection, head.id)
    return Claimed(outgoing, find_bytes(connection, head.id)[0]) if outgoing else None


def settle(connection: Connection, number: int, result: Result, owner: str, now: int) -> bool:
    """Note what became of an attempt of `owner`; False if that says nothing any more.

    That a message was taken or refused is true whoever holds its lease by now.
    """
    is_ended = result.state is not State.WAITING
    values = {
        "number": number,
        "owner": owner,
        "new_state": result.state.value,
        "next_attempt_at": result.next_attempt_at,
        "error_code": result.error_code,
        "error": result.error.replace("\0", ""),
        "acknowledgement": result.acknowledgement,
        "ended_at": now if is_ended else 0,
    }
    return connection.run_count(_END if is_ended else _PUT_BACK, values) > 0


def release_all(connection: Connection) -> int:
    """End every lease: for the one server that works on a database, when it starts."""
    return connection.run_count(_RELEASE)


def try_again(connection: Connection, number: int, now: int, actor: str) -> None:
    connection.run_count(_TRY_AGAIN, {"number": number, "now": now, "actor": actor.replace("\0", "")})


def drop(connection: Connection, number: int, now: int, actor: str) -> None:
    connection.run_count(_DROP, {"number": number, "now": now, "actor": actor.replace("\0", "")})


def find_outgoing(connection: Connection, number: int) -> Outgoing | None:
    rows = connection.run(_FIND, {"number": number})
    return to_outgoing(rows[0]) if rows else None


def find_bytes(connection: Connection, number: int) -> tuple[bytes, bytes]:
    """The content of a message that is there, and the acknowledgement of its last attempt."""
    content, acknowledgement = connection.run(_BYTES, {"number": number})[0]
    return bytes(content), bytes(acknowledgement)


def count_waiting(connection: Connection) -> int:
    """How many messages are still to be sent."""
    count: int = connection.run(_COUNT)[0][0]
    return count


def find_lease(connection: Connection, destination: str, now: int) -> int:
    """The number of the message that is being sent to a destination just now; 0 for none."""
    rows = connection.run(_HEAD_OF, {"destination": destination})
    return Head._make(rows[0]).id if rows and rows[0][4] > now else 0


def find_all(
    connection: Connection, states: Sequence[State], destination: str, record_id: int | None, most: int
) -> list[Outgoing]:
    """The newest so many; "" and None for any destination and record, no states for all of them."""
    narrowed = select(*COLUMNS).order_by(outbound.c.id.desc()).limit(bindparam("most", 0))
    values: dict[str, Any] = {"most": most}
    if states:
        narrowed = narrowed.where(outbound.c.state.in_([state.value for state in states]))
    if destination:
        narrowed = narrowed.where(outbound.c.destination == bindparam("destination"))
        values["destination"] = destination
    if record_id is not None:
        narrowed = narrowed.where(outbound.c.record_id == bindparam("record_id"))
        values["record_id"] = record_id
    return [to_outgoing(row) for row in connection.run(Statement(narrowed), values)]


def delete_ended(connection: Connection, cutoff: int, most: int) -> int:
    """Delete at most so many that were sent, and as many that were dropped, before a moment; how many."""
    values = {"cutoff": cutoff, "most": most}
    return sum(
        connection.run_count(_DELETE, {**values, "state": state.value})
        for state in (State.SENT, State.DROPPED)
    )


def lock_destination(connection: Connection, destination: str) -> None:
    """Let no server take up or put a message of a destination until the transaction ends."""
    connection.lock(_lock(destination))


def _lock(destination: str) -> str:
    return f"outbound {destination}"


def to_outgoing(row: tuple[Any, ...]) -> Outgoing:
    outgoing = dict(zip((column.name for column in COLUMNS), row, strict=True))
    return Outgoing(**{**outgoing, "state": State(outgoing["state"])})
