"""What people set up while the server runs: every version of every document, with who made it and when."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, insert, select

from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import configuration

_NAMES: Final = tuple(column.name for column in configuration.c if column.name != "id")
_INSERT: Final = Statement(
    insert(configuration).values({name: bindparam(name) for name in _NAMES}).returning(configuration.c.id)
)
_NEWEST: Final = Statement(select(func.coalesce(func.max(configuration.c.id), 0)))
_CURRENT: Final = Statement(
    select(*configuration.c)
    .where(
        configuration.c.id.in_(
            select(func.max(configuration.c.id)).group_by(configuration.c.kind, configuration.c.name)
        ),
        configuration.c.document != "",
    )
    .order_by(configuration.c.kind, configuration.c.name)
)
_VERSIONS: Final = Statement(
    select(*configuration.c)
    .where(configuration.c.kind == bindparam("kind"), configuration.c.name == bindparam("name"))
    .order_by(configuration.c.id)
)


class Version(NamedTuple):
    """One version of a document. `document` is None where it was deleted, `changed_at` microseconds."""

    id: int
    kind: str
    name: str
    document: Any
    changed_at: int
    actor: str
    note: str


def insert_version(
    connection: Connection, kind: str, name: str, document: Any, *, at: int, actor: str, note: str = ""
) -> int:
    """Put a version on top of those before it; None deletes the document, its versions stay."""
    text = "" if document is None else json.dumps(document, ensure_ascii=False, sort_keys=True)
    return connection.insert(
        _INSERT,
        {
            "kind": kind,
            "name": _clean(name),
            "document": _clean(text),
            "changed_at": at,
            "actor": _clean(actor),
            "note": _clean(note),
        },
    )


def find_newest_version(connection: Connection) -> int:
    """The id of the last change of anything; 0 before the first one."""
    newest: int = connection.run(_NEWEST)[0][0]
    return newest


def find_current(connection: Connection) -> list[Version]:
    """What counts now: of each kind and name the newest version, without what was deleted."""
    return [_to_version(row) for row in connection.run(_CURRENT)]


def find_versions(connection: Connection, kind: str, name: str) -> list[Version]:
    """All versions of a document, the first one first."""
    return [_to_version(row) for row in connection.run(_VERSIONS, {"kind": kind, "name": _clean(name)})]


def _to_version(row: tuple[Any, ...]) -> Version:
    number, kind, name, document, changed_at, actor, note = row
    return Version(number, kind, name, json.loads(document) if document else None, changed_at, actor, note)


def _clean(text: str) -> str:
    """PostgreSQL takes no NUL in a text; in JSON it stands escaped."""
    return text.replace("\0", "")
