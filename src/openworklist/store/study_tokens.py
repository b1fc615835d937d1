"""Tokens of studies in their table: found by a keyed hash, given out again from what is sealed."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, bindparam, insert, select, update

from openworklist.domain.study_token import StudyToken
from openworklist.store.connection import Connection, Statement
from openworklist.store.study_schema import study_token_keys as keys
from openworklist.store.study_schema import study_tokens as tokens

_NAMES: Final = ("id", "study_uid", "created_by", "created_at", "revoked_at")
_COLUMNS: Final = tuple(tokens.c[name] for name in _NAMES)
_SEALED: Final = (*_COLUMNS, tokens.c.sealed, tokens.c.key_name)
_VALID: Final = tokens.c.revoked_at == 0
_LAST: Final = 1 << 62


def _select(*conditions: ColumnElement[bool]) -> Statement:
    return Statement(
        select(*_COLUMNS)
        .where(tokens.c.id < bindparam("before"), *conditions)
        .order_by(tokens.c.id.desc())
        .limit(bindparam("most", 0))
    )


_FIND: Final = Statement(select(*_SEALED).where(tokens.c.digest == bindparam("token_digest"), _VALID))
_FIND_OF_STUDY: Final = Statement(select(*_SEALED).where(tokens.c.study_uid == bindparam("study"), _VALID))
_WALK: Final = Statement(
    select(*_SEALED)
    .where(tokens.c.id > bindparam("after"), _VALID)
    .order_by(tokens.c.id)
    .limit(bindparam("most", 0))
)
_LIST: Final = _select()
_LIST_VALID: Final = _select(_VALID)
_INSERT: Final = Statement(
    insert(tokens)
    .values({name: bindparam(name) for name in (*_NAMES[1:], "digest", "sealed", "key_name")})
    .returning(tokens.c.id)
)
_SEAL: Final = Statement(
    update(tokens)
    .where(tokens.c.id == bindparam("number"))
    .values({name: bindparam(f"new_{name}") for name in ("digest", "sealed", "key_name")})
)
# Who reads the database and has the key shall not find what nobody may use.
_REVOKE: Final = Statement(
    update(tokens).where(tokens.c.id == bindparam("number")).values(revoked_at=bindparam("now"), sealed=b"")
)
_REVOKE_ALL: Final = Statement(update(tokens).where(_VALID).values(revoked_at=bindparam("now"), sealed=b""))
_FIND_KEY: Final = Statement(select(keys.c.name).order_by(keys.c.id.desc()).limit(1))
_INSERT_KEY: Final = Statement(
    insert(keys)
    .values({name: bindparam(name) for name in ("name", "created_by", "created_at")})
    .returning(keys.c.id)
)


class SealedToken(NamedTuple):
    """A token with what only the key of that name opens."""

    token: StudyToken
    sealed: bytes
    key_name: str


def find_token(connection: Connection, digest: bytes) -> SealedToken | None:
    """The token of that hash, unless it was revoked."""
    return next(iter(_to_sealed(connection.run(_FIND, {"token_digest": digest}))), None)


def find_token_of(connection: Connection, study_uid: str) -> SealedToken | None:
    """The token that opens a study now."""
    return next(iter(_to_sealed(connection.run(_FIND_OF_STUDY, {"study": study_uid}))), None)


def walk_tokens(connection: Connection, after: int, most: int) -> list[SealedToken]:
    """The next tokens that open something, the oldest first."""
    return _to_sealed(connection.run(_WALK, {"after": after, "most": most}))


def list_tokens(
    connection: Connection, before: int = 0, most: int = 100, *, revoked: bool = False
) -> list[StudyToken]:
    """The newest tokens before a number, 0 for all; the `revoked` among them if wanted."""
    values = {"before": before or _LAST, "most": most}
    return [StudyToken(*row) for row in connection.run(_LIST if revoked else _LIST_VALID, values)]


def insert_token(
    connection: Connection, token: StudyToken, digest: bytes, sealed: bytes, key_name: str
) -> None:
    values = {name: getattr(token, name) for name in _NAMES[1:]}
    connection.insert(_INSERT, {**values, "digest": digest, "sealed": sealed, "key_name": key_name})


def seal_token(connection: Connection, number: int, digest: bytes, sealed: bytes, key_name: str) -> None:
    """Have another key count for a token."""
    connection.run_count(
        _SEAL, {"number": number, "new_digest": digest, "new_sealed": sealed, "new_key_name": key_name}
    )


def revoke_token(connection: Connection, number: int, now: int) -> None:
    connection.run_count(_REVOKE, {"number": number, "now": now})


def revoke_all_tokens(connection: Connection, now: int) -> int:
    """Revoke whatever opens something; how many there were."""
    return connection.run_count(_REVOKE_ALL, {"now": now})


def find_key_name(connection: Connection) -> str:
    """The key of all tokens that open something; "" before the first token."""
    rows = connection.run(_FIND_KEY)
    return str(rows[0][0]) if rows else ""


def insert_key_name(connection: Connection, name: str, actor: str, now: int) -> None:
    """Have another key count from now on."""
    connection.insert(_INSERT_KEY, {"name": name, "created_by": actor, "created_at": now})


def _to_sealed(rows: list[tuple[Any, ...]]) -> list[SealedToken]:
    return [SealedToken(StudyToken(*values), sealed, key_name) for *values, sealed, key_name in rows]
