"""What scanners and other people notice while some sort everything by a column that no index has."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from benchmarks.client import Callers, Mode
from benchmarks.pdus import encode_associate, encode_question
from benchmarks.server import Running
from benchmarks.visits.deeds import list_of
from benchmarks.visits.visitor import Unexpected, Visitor
from benchmarks.worklists import TEN_STATION

SORTING = 4  # people who sort at once, again and again
SCANNERS = 50  # each asks in a full cycle once a second
_SECONDS = 10.0
_SORT = f"{list_of('')}&sort=sex&dir=up"
_LONGEST = 60.0

Noticed = tuple[str, list[float], int]  # what, milliseconds, and how often there was no answer


def measure_beside(one: Running, day: date) -> Iterator[Noticed]:
    """Scanners alone and beside people who sort; then the page of today beside them."""
    yield "scanners' full cycle, 50 polling", *_ask(one, day)
    with _sorting(one.ports.web):
        yield "scanners' full cycle, while 4 people sort everything by sex", *_ask(one, day)
        yield "the page of today, while 4 people sort everything by sex", _look(one.ports.web), 0


def _ask(one: Running, day: date) -> tuple[list[float], int]:
    question = encode_question(TEN_STATION, day.strftime("%Y%m%d"), 10)
    address = ("127.0.0.1", one.ports.dicom)
    callers = Callers(address, encode_associate(one.called), question, SCANNERS, Mode.CYCLE, 1.0)
    outcome = callers.run(_SECONDS, _LONGEST)
    callers.close()
    return [each * 1000 for each in outcome.latencies], outcome.failures + outcome.wrong


def _look(port: int) -> list[float]:
    visitor, found, end = Visitor(port), [], time.perf_counter() + _SECONDS
    while (begin := time.perf_counter()) < end:
        visitor.get("/worklist")
        found.append((time.perf_counter() - begin) * 1000)
    visitor.close()
    return found


@contextmanager
def _sorting(port: int) -> Iterator[None]:
    is_over = threading.Event()

    def sort() -> None:
        visitor = Visitor(port)
        while not is_over.is_set():
            try:
                visitor.get(_SORT)
            except Unexpected:
                is_over.wait(0.1)  # it was told to narrow the search
        visitor.close()

    people = [threading.Thread(target=sort) for _ in range(SORTING)]
    for each in people:
        each.start()
    try:
        yield
    finally:
        is_over.set()
        for each in people:
            each.join()
