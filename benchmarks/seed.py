"""Our own store, filled before anything is timed."""

import time
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.worklists import Order, format_hl7
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.configurations import Configurations
from openworklist.services.intake import Intake
from openworklist.services.reading import Arrival, Reader, Source
from openworklist.services.settling import settle
from openworklist.store.connection import Connection
from openworklist.store.database import open_database

_GROUP = 5000  # orders that share a commit


def seed(folder: Path, orders: Iterable[Order], url: str = "") -> None:
    """Store the orders as intake would, without a network between; raises StoreError.

    `url` names the database; empty, it is the embedded one in the folder.
    """
    folder.mkdir(parents=True)
    reader, source = Reader(using(preset("classic"))), Source("seed")
    intake = Intake(database := open_database(url, folder), reader, Metrics())
    now = time.time_ns() // 1000
    waiting = iter(orders)
    try:
        while group := [
            reader.read(format_hl7(order, f"SEED{now}-{order.number}"), source, now)
            for order in islice(waiting, _GROUP)
        ]:
            pairs = [(arrival, intake.answer(arrival)) for arrival in group]
            database.write(partial(_store, pairs))
        # The others take an empty (0040,0001) for every station: a thousand answers are asked for so.
        Configurations(database).set_option("use_calling_ae", "no", "benchmark")
    finally:
        database.close()


def _store(pairs: Iterable[tuple[Arrival, bytes]], connection: Connection) -> None:
    for arrival, answer in pairs:
        settle(connection, arrival, answer, "2.25")
