"""A made-up order through our own ports and back, for somebody who wants to see that it works."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import tzinfo

from openworklist.domain.errors import StoreError
from openworklist.services.addresses import DICOM, HL7, find_own
from openworklist.services.clock import read_clock
from openworklist.services.deletion import delete_records
from openworklist.services.doctor.case import Port
from openworklist.services.doctor.finding import Finding, Level
from openworklist.services.doctor.loopback import (
    FOUND,
    GONE,
    NOT_OPEN,
    Loop,
    find_order,
    make_loop,
    send_order,
)
from openworklist.services.ports import ListenerStatus
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.records import find_open

_REMOVAL = "removal"


async def send_test_order(
    database: Database,
    statuses: Iterable[ListenerStatus],
    ae_title: str,
    zone: tzinfo,
    actor: str,
) -> tuple[Finding, ...]:
    """Send an order over a real socket, ask for it as a scanner does, delete its record and ask again.

    A finding for each step, with how long it took. What was stored is deleted whatever went wrong; the
    message stays in the journal.
    """
    known = tuple(statuses)
    loop = make_loop(_find_port(known, HL7), _find_port(known, DICOM), ae_title, zone)
    if not loop.is_open:
        return (NOT_OPEN,)
    return await asyncio.to_thread(lambda: tuple(_try(database, loop, actor)))


def _try(database: Database, loop: Loop, actor: str) -> Iterator[Finding]:
    sent = send_order(loop, "NW", "sent to the HL7 port")
    yield sent
    try:
        if sent.level is Level.OK:
            yield find_order(loop, 1, FOUND)
    finally:  # whatever ends this, no made-up exam stays on a list
        removed = _remove(database, loop.patient, actor)
    yield from removed
    if sent.level is Level.OK:
        yield find_order(loop, 0, GONE)


def _find_port(statuses: tuple[ListenerStatus, ...], name: str) -> Port:
    found = find_own(statuses, name)
    return Port(name, found.host if found else "", found.port if found else 0, "")


def _remove(database: Database, patient: str, actor: str) -> list[Finding]:
    def remove(connection: Connection) -> list[int]:
        numbers = [record.id for record in find_open(connection, patient)]
        return delete_records(connection, numbers, at=read_clock(), actor=actor, reason="a test order")

    try:
        removed = database.write(remove)
    except StoreError as error:
        return [Finding(_REMOVAL, Level.PROBLEM, f"Its record was not deleted: {error.sentence}", error.hint)]
    return [Finding(_REMOVAL, Level.OK, "Its record was deleted.")] if removed else []
