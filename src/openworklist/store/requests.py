"""Requests that made a record, by the key under which their sender may repeat them."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from openworklist.store.connection import Connection, Statement
from openworklist.store.people_schema import requests

_COLUMNS: Final = ("owner", "key", "digest", "record_id", "at")
_INSERT: Final = Statement(insert(requests).values({name: bindparam(name) for name in _COLUMNS}))
_FIND: Final = Statement(
    select(requests.c.digest, requests.c.record_id).where(
        requests.c.owner == bindparam("owner"), requests.c.key == bindparam("key")
    )
)
_EXPIRE: Final = Statement(delete(requests).where(requests.c.at < bindparam("cutoff")))


class Request(NamedTuple):
    """What was asked for, as a digest, and the record that it made."""

    digest: bytes
    record_id: int


def find_request(connection: Connection, owner: str, key: str) -> Request | None:
    """The request of a key; nobody else notes one under it until the transaction ends."""
    connection.lock(f"request {owner} {key}")
    rows = connection.run(_FIND, {"owner": owner, "key": key})
    return Request(bytes(rows[0][0]), rows[0][1]) if rows else None


def insert_request(connection: Connection, owner: str, key: str, request: Request, at: int) -> None:
    values = {"owner": owner, "key": key, "digest": request.digest, "record_id": request.record_id, "at": at}
    connection.run_count(_INSERT, values)


def expire_requests(connection: Connection, cutoff: int) -> None:
    """Forget those that came before a moment."""
    connection.run_count(_EXPIRE, {"cutoff": cutoff})
