"""Whether a database has anything in it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, literal, or_, select

from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import configuration, messages, records

_ANY: Final = Statement(
    select(literal(1)).where(or_(*(exists(select(each.c.id)) for each in (records, messages, configuration))))
)


def is_empty(connection: Connection) -> bool:
    """Whether there is no record, no message, and nothing was ever set up."""
    return not connection.run(_ANY)
