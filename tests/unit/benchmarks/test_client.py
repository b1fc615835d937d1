"""The callers and senders, against servers that the project did not write."""

import socket
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from benchmarks.client import Callers, Mode, percentile
from benchmarks.hl7_load import Senders
from benchmarks.pdus import Question, encode_associate, encode_question
from benchmarks.worklists import TEN_STATION, make_worklist

DAY = date(2026, 3, 16)
ASSOCIATE = encode_associate("OPENWORKLIST")
TEN = encode_question(TEN_STATION, "20260316", 10)
LONGEST = 30.0  # seconds, never reached


@pytest.fixture
def address(serve: Any) -> Any:
    return serve(make_worklist(60, DAY))


def test_a_caller_counts_cycles_and_finds_nothing_wrong(address: Any) -> None:
    callers = Callers(address, ASSOCIATE, TEN, 2, Mode.CYCLE)
    outcome = callers.run(LONGEST, LONGEST, stop_at=4)
    callers.close()

    assert (len(outcome.latencies) >= 4, outcome.failures, outcome.wrong) == (True, 0, 0)


def test_an_answer_that_is_not_whole_is_wrong(address: Any) -> None:
    callers = Callers(address, ASSOCIATE, Question(TEN.request, 11), 1, Mode.CYCLE)
    outcome = callers.run(LONGEST, LONGEST, stop_at=1)
    callers.close()

    assert outcome.wrong == 1


def test_associations_that_are_held_can_each_ask_in_the_end(address: Any) -> None:
    callers = Callers(address, ASSOCIATE, TEN, 3, Mode.HOLD)
    callers.run(LONGEST, LONGEST, stop_at=3)

    assert callers.ask_once(LONGEST) == (3, 3)
    callers.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def test_an_association_that_the_server_dropped_is_not_counted(listener: socket.socket) -> None:
    callers = Callers(listener.getsockname(), ASSOCIATE, TEN, 2, Mode.HOLD)
    accepted = []
    while len(accepted) < 2:
        callers.run(0.0, 0.05)
        accepted.append(listener.accept()[0])
    for each in accepted:
        each.sendall(b"\x02\x00\x00\x00\x00\x00")  # the callers read PDUs by their length alone
    callers.run(LONGEST, LONGEST, stop_at=2)
    accepted[0].close()

    assert callers.ask_once(0.0) == (1, 0)
    callers.close()
    accepted[1].close()


def test_a_connection_that_the_server_dropped_is_forgotten(listener: socket.socket) -> None:
    senders = Senders(listener.getsockname(), iter(()), 3)
    accepted = [listener.accept()[0] for _ in range(3)]
    accepted[1].close()

    assert senders.drop_closed() == 2
    senders.close()
    for each in accepted:
        each.close()


def test_a_percentile_is_in_milliseconds() -> None:
    latencies = [number / 1000 for number in range(1, 101)]

    assert (percentile(latencies, 0.5), percentile(latencies, 0.99), percentile([], 0.5)) == (51, 100, 0)
