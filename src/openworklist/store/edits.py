"""What people wrote over the values of records: kept apart, so that it outlives a rebuilding."""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import bindparam, insert, select

from openworklist.domain.edit import Edit
from openworklist.store.connection import Connection, Statement
from openworklist.store.records import decode_value, encode
from openworklist.store.schema import edits

_COLUMNS: Final = (edits.c.record_id, edits.c.name, edits.c.value, edits.c.at, edits.c.actor)
_INSERT: Final = Statement(insert(edits).values({column.name: bindparam(column.name) for column in _COLUMNS}))
_FIND: Final = Statement(
    select(*_COLUMNS).where(edits.c.record_id == bindparam("record")).order_by(edits.c.at, edits.c.id)
)


def insert_edit(connection: Connection, edit: Edit) -> None:
    """Keep what a person wrote; to change the record is the caller's part, in the same transaction."""
    connection.run_count(
        _INSERT,
        {
            "record_id": edit.record_id,
            "name": edit.name,
            "value": encode(edit.value),
            "at": edit.at,
            "actor": edit.actor.replace("\0", ""),
        },
    )


def find_edits(connection: Connection, record_id: int) -> list[Edit]:
    """The edits of a record in the order in which they were made."""
    return [
        Edit(number, name, decode_value(json.loads(value)), at, actor)
        for number, name, value, at, actor in connection.run(_FIND, {"record": record_id})
    ]
