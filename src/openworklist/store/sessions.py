"""Who is logged in. A session is found by the hash of its token; the token itself is nowhere."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from openworklist.domain.session import Session
from openworklist.domain.user import User
from openworklist.store.connection import Connection, Statement
from openworklist.store.people_schema import sessions, users
from openworklist.store.users import COLUMNS, to_user

_SHOWN: Final = (
    sessions.c.id,
    users.c.name,
    sessions.c.peer,
    sessions.c.created_at,
    sessions.c.seen_at,
    sessions.c.expires_at,
    sessions.c.locked_at,
)
_JOINED: Final = sessions.join(users, users.c.id == sessions.c.user_id)
_OF_USER: Final = sessions.c.user_id == bindparam("user")
_BY_NUMBER: Final = sessions.c.id == bindparam("number")
_FIND: Final = Statement(
    select(*_SHOWN, *COLUMNS)
    .select_from(_JOINED)
    .where(sessions.c.token_hash == bindparam("hash"), users.c.is_active == 1)
)
_LIST: Final = Statement(
    select(*_SHOWN)
    .select_from(_JOINED)
    .where(users.c.name == bindparam("user_name"), sessions.c.expires_at > bindparam("now"))
    .order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
)
_INSERT: Final = Statement(
    insert(sessions)
    .values(
        {
            name: bindparam(name)
            for name in ("user_id", "token_hash", "peer", "created_at", "seen_at", "expires_at")
        }
        | {"locked_at": 0}
    )
    .returning(sessions.c.id)
)
_SEE: Final = Statement(
    update(sessions).where(_BY_NUMBER, sessions.c.seen_at < bindparam("now")).values(seen_at=bindparam("now"))
)
_LOCK: Final = Statement(update(sessions).where(_BY_NUMBER).values(locked_at=bindparam("now")))
_UNLOCK: Final = Statement(update(sessions).where(_BY_NUMBER).values(locked_at=0, seen_at=bindparam("now")))
_DELETE: Final = Statement(delete(sessions).where(_BY_NUMBER))
_DELETE_OF: Final = Statement(delete(sessions).where(_OF_USER, sessions.c.id != bindparam("kept")))
_EXPIRE: Final = Statement(delete(sessions).where(sessions.c.expires_at <= bindparam("now")))
_DELETE_ALL: Final = Statement(delete(sessions))
_COUNT_FROM: Final = Statement(
    select(func.count())
    .select_from(sessions)
    .where(_OF_USER, sessions.c.peer == bindparam("peer"), sessions.c.expires_at > bindparam("now"))
)
_BY_USER: Final = Statement(
    select(users.c.name, func.count(), func.max(sessions.c.seen_at))
    .select_from(_JOINED)
    .where(sessions.c.expires_at > bindparam("now"))
    .group_by(users.c.name)
)


class Found(NamedTuple):
    """A session with whose it is."""

    session: Session
    user: User


def find_session(connection: Connection, token_hash: bytes) -> Found | None:
    """None too where the user was deactivated; one that has expired is found."""
    rows = connection.run(_FIND, {"hash": token_hash})
    if not rows:
        return None
    return Found(_to_session(rows[0][: len(_SHOWN)]), to_user(rows[0][len(_SHOWN) :]))


def find_sessions(connection: Connection, name: str, now: int) -> list[Session]:
    """Those of a user that have not expired, the one used last first."""
    return [_to_session(row) for row in connection.run(_LIST, {"user_name": name, "now": now})]


def count_sessions(connection: Connection, now: int) -> dict[str, tuple[int, int]]:
    """By name: how many have not expired, and when one of them was last used."""
    return {name: (int(count), int(seen)) for name, count, seen in connection.run(_BY_USER, {"now": now})}


def insert_session(
    connection: Connection, user: int, token_hash: bytes, *, peer: str, now: int, expires_at: int
) -> int:
    values = {"user_id": user, "token_hash": token_hash, "peer": peer}
    times = {"created_at": now, "seen_at": now, "expires_at": expires_at}
    return connection.insert(_INSERT, {**values, **times})


def has_session_from(connection: Connection, user: int, peer: str, now: int) -> bool:
    """Whether the user is logged in from that address."""
    count: int = connection.run(_COUNT_FROM, {"user": user, "peer": peer, "now": now})[0][0]
    return count > 0


def note_seen(connection: Connection, number: int, now: int) -> None:
    connection.run_count(_SEE, {"number": number, "now": now})


def lock_session(connection: Connection, number: int, now: int) -> None:
    connection.run_count(_LOCK, {"number": number, "now": now})


def unlock_session(connection: Connection, number: int, now: int) -> None:
    connection.run_count(_UNLOCK, {"number": number, "now": now})


def delete_session(connection: Connection, number: int) -> int:
    return connection.run_count(_DELETE, {"number": number})


def delete_sessions(connection: Connection, user: int, kept: int = 0) -> int:
    """End the sessions of a user but that one; how many."""
    return connection.run_count(_DELETE_OF, {"user": user, "kept": kept})


def delete_all_sessions(connection: Connection) -> int:
    return connection.run_count(_DELETE_ALL)


def expire_sessions(connection: Connection, now: int) -> int:
    return connection.run_count(_EXPIRE, {"now": now})


def _to_session(row: tuple[Any, ...]) -> Session:
    return Session(*row)
