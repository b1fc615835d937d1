"""Answers that are good for a few seconds more."""

import pytest

from openworklist.services.remembered import Remembered
from players.people import Watch


def refuse() -> list[int]:
    raise AssertionError("asked")


def test_an_answer_is_good_for_a_while() -> None:
    watch = Watch()
    remembered: Remembered[list[int]] = Remembered(10, clock=watch)
    assert remembered.get("a", lambda: [1]) == [1]
    watch.go(9)
    assert remembered.get("a", refuse) == [1]
    watch.go(1)
    assert remembered.get("a", lambda: [2]) == [2]


def test_nothing_and_trouble_are_not_remembered() -> None:
    remembered: Remembered[list[int]] = Remembered(10, clock=Watch())
    assert remembered.get("a", list) == []
    with pytest.raises(AssertionError):
        remembered.get("a", refuse)
    assert remembered.get("a", lambda: [1]) == [1]


def test_the_oldest_make_room() -> None:
    remembered: Remembered[list[int]] = Remembered(10, most=2, clock=Watch())
    for number in (1, 2, 3):
        remembered.get(number, lambda number=number: [number])  # type: ignore[misc]
    assert remembered.get(3, refuse) == [3]
    assert remembered.get(1, lambda: [4]) == [4]
