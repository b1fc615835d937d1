"""A server's door for messages, with a clock that tests set, and what is on disk behind it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple

from sqlalchemy import select

from openworklist.domain.record import Record
from openworklist.hl7.profile import Profile, preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database
from openworklist.store.records import find_record
from openworklist.store.schema import changes, messages, records

_JOURNAL = Statement(
    select(
        messages.c.outcome,
        messages.c.reason,
        messages.c.place,
        messages.c.warnings,
        messages.c.acknowledgement,
    ).order_by(messages.c.id)
)
_CHANGES = Statement(select(changes.c.action, changes.c.reason).order_by(changes.c.id))
_NUMBERS = Statement(select(records.c.id).order_by(records.c.id))


class Entry(NamedTuple):
    outcome: str
    reason: str
    place: str
    warnings: list[str]
    acknowledgement: bytes


class Desk:
    """A server's door for orders, a clock that tests set, and what is on disk."""

    def __init__(self, database: Database, profile: Profile | None = None) -> None:
        self.database = database
        self._numbers = count(1)
        self.now = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
        self.reader = Reader(using(profile or preset("classic")), zone=UTC)
        self.intake = Intake(database, self.reader, Metrics(), clock=self._clock)

    def _clock(self) -> int:
        return int(self.now.timestamp() * 1_000_000)

    def send(self, *lines: str, time: str = "20260314080000", version: str = "2.5.1", **more: str) -> str:
        """An order message of these segments behind its patient; what is answered."""
        sender, patient = more.get("sender", "RIS"), more.get("patient", "PID|||P1||Doe^Jane")
        number = more.get("control_id") or f"M{next(self._numbers)}"
        head = f"MSH|^~\\&|{sender}||OW||{time}||{more.get('type', 'ORM^O01')}|{number}|P|{version}"
        raw = "\r".join((head, *filter(None, (patient, *lines)))) + "\r"
        return self.intake.receive_message(raw.encode(), Source("mllp")).decode()

    def send_patient(self, event: str, *lines: str, time: str = "20260314090000", **more: str) -> str:
        """An ADT message of these segments; what is answered."""
        return self.send(*lines, time=time, type=f"ADT^{event}", patient="", **more)

    def record(self) -> Record:
        """The only record there is."""
        (record,) = self.records()
        return record

    def records(self) -> list[Record]:
        def read(connection: Connection) -> list[Record]:
            found = [find_record(connection, row[0]) for row in connection.run(_NUMBERS)]
            return [record for record in found if record is not None]

        return self.database.read(read)

    def journal(self) -> list[Entry]:
        rows = self.database.read(lambda connection: connection.run(_JOURNAL))
        return [Entry(*row[:3], json.loads(row[3] or "[]"), bytes(row[4])) for row in rows]

    def actions(self) -> list[str]:
        return [row[0] for row in self.database.read(lambda it: it.run(_CHANGES))]

    def reasons(self) -> list[str]:
        """Why each change was made."""
        return [row[1] for row in self.database.read(lambda it: it.run(_CHANGES))]
