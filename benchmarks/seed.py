"""How our own server is started, and its data folder filled before anything is timed."""

import sys
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from benchmarks.worklists import Order, format_hl7
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.services.settling import settle
from openworklist.store.connection import Connection
from openworklist.store.database import open_database

_GROUP = 5000  # orders that share a commit


def make_serve_command(folder: Path, dicom_port: int, hl7_port: int) -> list[str]:
    """`openworklist serve` on 127.0.0.1 without pages."""
    command = Path(sys.executable).with_name("openworklist")
    ports = ["--hl7-port", str(hl7_port), "--dicom-port", str(dicom_port), "--web-port", "0"]
    return [str(command), "serve", "--data", str(folder), "--host", "127.0.0.1", *ports]


def seed(folder: Path, orders: Iterable[Order]) -> None:
    """Store the orders as intake would, without a network between; raises StoreError."""
    folder.mkdir(parents=True)
    reader, source = Reader(preset("classic")), Source("seed")
    intake = Intake(database := open_database("", folder), reader, Metrics())
    now = time.time_ns() // 1000
    waiting = iter(orders)
    try:
        while group := [
            reader.read(format_hl7(order, f"SEED{now}-{order.number}"), source, now)
            for order in islice(waiting, _GROUP)
        ]:
            answers = [intake.answer(arrival) for arrival in group]

            def store(connection: Connection, pairs: object = (group, answers)) -> None:
                for arrival, answer in zip(*pairs, strict=True):  # type: ignore[misc]
                    settle(connection, arrival, answer, "2.25")

            database.write(store)
    finally:
        database.close()
