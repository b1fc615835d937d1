"""A plain worklist server on pynetdicom and SQLite, as one writes it in an afternoon, to compare with."""

import argparse
import socket
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind

from benchmarks.worklists import Order, make_dataset

_COLUMNS = (
    "number",
    "patient_id",
    "patient_name",
    "birth_date",
    "sex",
    "accession_number",
    "step_id",
    "description",
    "modality",
    "station_ae_title",
    "station_name",
    "start_date",
    "start_time",
    "study_uid",
)


def fill_database(path: Path, orders: Iterable[Order]) -> None:
    """Create the table with its indexes and store the orders."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"CREATE TABLE records ({', '.join(_COLUMNS)})")
    rows = (tuple(getattr(order, column) for column in _COLUMNS) for order in orders)
    connection.executemany(f"INSERT INTO records VALUES ({', '.join('?' * len(_COLUMNS))})", rows)
    connection.execute("CREATE INDEX by_station ON records (station_ae_title, start_date)")
    connection.execute("CREATE INDEX by_date ON records (start_date)")
    connection.commit()
    connection.close()


def find_orders(connection: sqlite3.Connection, identifier: Dataset) -> list[Order]:
    """The orders for the asked station and day; either may be empty."""
    step = identifier.ScheduledProcedureStepSequence[0]
    asked = {
        "station_ae_title": step.ScheduledStationAETitle,
        "start_date": step.ScheduledProcedureStepStartDate,
    }
    keys = {column: value for column, value in asked.items() if value}
    where = " AND ".join(f"{column} = ?" for column in keys) or "1"
    return [
        Order(*row) for row in connection.execute(f"SELECT * FROM records WHERE {where}", [*keys.values()])
    ]


def answer_find(event: Any, path: str) -> Iterator[tuple[int, Dataset | None]]:
    """The C-FIND handler: one query, one Dataset an answer."""
    connection = sqlite3.connect(path)
    try:
        orders = find_orders(connection, event.identifier)
    finally:
        connection.close()
    for order in orders:
        if event.is_cancelled:
            yield 0xFE00, None
            return
        yield 0xFF00, make_dataset(order)


def set_no_delay(event: Any) -> None:
    """Turn Nagle's algorithm off on an accepted connection."""
    event.assoc.dul.socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("port", type=int)
    parser.add_argument("--no-delay", action="store_true")
    options = parser.parse_args()
    entity = AE(ae_title="OPENWORKLIST")
    entity.maximum_associations = 1000  # its default of 10 would refuse most callers
    entity.add_supported_context(ModalityWorklistInformationFind)
    handlers: list[Any] = [(evt.EVT_C_FIND, answer_find, [options.database])]
    if options.no_delay:
        handlers.append((evt.EVT_CONN_OPEN, set_no_delay))
    entity.start_server(("127.0.0.1", options.port), block=True, evt_handlers=handlers)


if __name__ == "__main__":
    main()
