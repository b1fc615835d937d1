"""Keys of programs. One is found by its hash; the key itself is nowhere."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update

from openworklist.domain.api_key import ApiKey
from openworklist.domain.role import Role
from openworklist.store.connection import Connection, Statement
from openworklist.store.people_schema import api_keys as keys

_NAMES: Final = (
    "id",
    "name",
    "prefix",
    "role",
    "created_by",
    "created_at",
    "last_used_at",
    "expires_at",
    "revoked_at",
)
_COLUMNS: Final = tuple(keys.c[name] for name in _NAMES)
_ALL: Final = Statement(select(*_COLUMNS).order_by(keys.c.name, keys.c.id))
_FIND: Final = Statement(select(*_COLUMNS).where(keys.c.key_hash == bindparam("hash")))
_FIND_NAMED: Final = Statement(
    select(*_COLUMNS).where(keys.c.name == bindparam("key_name"), keys.c.revoked_at == 0)
)
_INSERT: Final = Statement(
    insert(keys).values({name: bindparam(name) for name in (*_NAMES[1:], "key_hash")}).returning(keys.c.id)
)
_USE: Final = Statement(
    update(keys).where(keys.c.id == bindparam("number")).values(last_used_at=bindparam("now"))
)
_REVOKE: Final = Statement(
    update(keys).where(keys.c.id == bindparam("number")).values(revoked_at=bindparam("now"))
)


def find_keys(connection: Connection) -> list[ApiKey]:
    """All of them by name, those that were revoked too."""
    return [_to_key(row) for row in connection.run(_ALL)]


def find_key(connection: Connection, key_hash: bytes) -> ApiKey | None:
    """The key of a hash, whether it is valid or not."""
    rows = connection.run(_FIND, {"hash": key_hash})
    return _to_key(rows[0]) if rows else None


def find_named_key(connection: Connection, name: str) -> ApiKey | None:
    """The key of that name that was not revoked."""
    rows = connection.run(_FIND_NAMED, {"key_name": name})
    return _to_key(rows[0]) if rows else None


def insert_key(connection: Connection, key: ApiKey, key_hash: bytes) -> int:
    values = {name: getattr(key, name) for name in _NAMES[1:]}
    return connection.insert(_INSERT, {**values, "role": key.role.value, "key_hash": key_hash})


def note_used(connection: Connection, number: int, now: int) -> None:
    connection.run_count(_USE, {"number": number, "now": now})


def revoke_key(connection: Connection, number: int, now: int) -> None:
    connection.run_count(_REVOKE, {"number": number, "now": now})


def _to_key(row: tuple[Any, ...]) -> ApiKey:
    number, name, prefix, role, *rest = row
    return ApiKey(number, name, prefix, Role(role), *rest)
