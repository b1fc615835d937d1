"""The people who log in, and the hashes of their passwords."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from openworklist.domain.role import Role
from openworklist.domain.user import User
from openworklist.store.connection import Connection, Statement
from openworklist.store.people_schema import users

_NAMES: Final = ("name", "role", "is_active", "language", "theme", "shortcuts", "created_at", "changed_at")
COLUMNS: Final = tuple(users.c[name] for name in _NAMES)
_BY_NAME: Final = users.c.name == bindparam("user_name")
_FIND: Final = Statement(select(users.c.id, users.c.password, *COLUMNS).where(_BY_NAME))
_ALL: Final = Statement(select(*COLUMNS).order_by(users.c.name))
_COUNT: Final = Statement(select(func.count()).select_from(users))
_ADMINISTRATORS: Final = Statement(
    select(func.count())
    .select_from(users)
    .where(users.c.role == Role.ADMINISTRATOR.value, users.c.is_active == 1)
)
_INSERT: Final = Statement(
    insert(users).values({name: bindparam(name) for name in (*_NAMES, "password")}).returning(users.c.id)
)
_UPDATE: Final = Statement(
    update(users)
    .where(_BY_NAME)
    .values({name: bindparam(name) for name in _NAMES if name not in ("name", "created_at")})
)
_SET_PASSWORD: Final = Statement(
    update(users).where(_BY_NAME).values(password=bindparam("hash"), changed_at=bindparam("now"))
)
_DELETE: Final = Statement(delete(users).where(_BY_NAME))


class Stored(NamedTuple):
    """A user with what is shown to nobody."""

    id: int
    password: str
    user: User


def find_user(connection: Connection, name: str) -> Stored | None:
    """The user of a folded name."""
    rows = connection.run(_FIND, {"user_name": name})
    return Stored(rows[0][0], rows[0][1], to_user(rows[0][2:])) if rows else None


def find_users(connection: Connection) -> list[User]:
    """All of them, by name."""
    return [to_user(row) for row in connection.run(_ALL)]


def count_users(connection: Connection) -> int:
    count: int = connection.run(_COUNT)[0][0]
    return count


def count_administrators(connection: Connection) -> int:
    """Those who can log in."""
    count: int = connection.run(_ADMINISTRATORS)[0][0]
    return count


def insert_user(connection: Connection, user: User, password: str) -> int:
    """Add a user with the hash of a password; the number."""
    return connection.insert(_INSERT, {**_to_values(user), "password": password})


def update_user(connection: Connection, user: User) -> None:
    """Write all but the password over the user of that name."""
    connection.run_count(_UPDATE, {**_to_values(user), "user_name": user.name})


def update_password(connection: Connection, name: str, password: str, now: int) -> None:
    connection.run_count(_SET_PASSWORD, {"user_name": name, "hash": password, "now": now})


def delete_user(connection: Connection, name: str) -> None:
    """The sessions go with the user."""
    connection.run_count(_DELETE, {"user_name": name})


def to_user(row: tuple[Any, ...]) -> User:
    """A user of the values of COLUMNS."""
    name, role, is_active, language, theme, shortcuts, created_at, changed_at = row
    return User(name, Role(role), bool(is_active), language, theme, bool(shortcuts), created_at, changed_at)


def _to_values(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "role": user.role.value,
        "is_active": int(user.is_active),
        "language": user.language,
        "theme": user.theme,
        "shortcuts": int(user.shortcuts),
        "created_at": user.created_at,
        "changed_at": user.changed_at,
    }
