"""The count of stored orders, against a worklist server that the project did not write."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from benchmarks.batches import Batch
from benchmarks.process import ServerFailed
from benchmarks.recount import check_stored, compare, find_accession_numbers
from benchmarks.worklists import make_order

DAY = date(2026, 3, 16)
BATCH = Batch(12, DAY)
ORDERS = [make_order(12_000_000 + number, BATCH.stations[number % 50], DAY) for number in range(120)]


def test_the_messages_of_a_batch_are_those_that_are_looked_for() -> None:
    first, second = (message for message, _ in zip(BATCH.make_messages(), range(2), strict=False))

    numbers = list(BATCH.list_accession_numbers(2))
    assert [number.encode() in first for number in numbers] == [True, False]
    assert [number.encode() in second for number in numbers] == [False, True]
    assert b"|B12S00|" in first
    assert b"|B12S01|" in second


def test_the_numbers_of_a_station_are_found_in_its_answers(serve: Any) -> None:
    _, port = serve(ORDERS)

    found = find_accession_numbers(port, "OPENWORKLIST", "B12S07", "20260316")

    assert sorted(found) == ["A012000007", "A012000057", "A012000107"]


def test_orders_that_are_all_there_pass(serve: Any) -> None:
    check_stored(serve(ORDERS)[1], "OPENWORKLIST", BATCH, 120)


def test_one_order_too_few_is_noticed_at_whatever_station(serve: Any) -> None:
    _, port = serve(ORDERS[:77] + ORDERS[78:])

    with pytest.raises(ServerFailed, match="of 120 acknowledged orders 1 are missing, 0 twice"):
        check_stored(port, "OPENWORKLIST", BATCH, 120)


def test_one_order_twice_is_noticed_though_the_count_is_right(serve: Any) -> None:
    _, port = serve([*ORDERS[:119], replace(ORDERS[69], patient_id="P1")])

    with pytest.raises(ServerFailed, match="1 are missing, 1 twice"):
        check_stored(port, "OPENWORKLIST", BATCH, 120)


def test_a_question_that_is_refused_is_not_an_empty_answer(serve: Any, tmp_path: Path) -> None:
    _, port = serve([])
    (tmp_path / "worklist.sqlite").write_bytes(b"")

    with pytest.raises(ServerFailed, match="status c"):
        find_accession_numbers(port, "OPENWORKLIST", "B12S07", "20260316")


def test_missing_and_twice_are_counted() -> None:
    assert compare(["A", "B", "C"], ["B", "B", "B", "C", "D"]) == (1, 1)
