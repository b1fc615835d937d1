import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.retry import Retry


def test_the_pause_doubles_up_to_a_cap() -> None:
    retry = Retry(first=1, cap=10)
    assert [retry.pause(tries, 0) for tries in range(1, 7)] == [1, 2, 4, 8, 10, 10]


def test_jitter_shortens_it_by_up_to_a_half() -> None:
    retry = Retry(first=1, cap=10)
    assert [retry.pause(3, jitter) for jitter in (0, 0.5, 1)] == [4, 3, 2]


@given(st.integers(0, 10**9), st.floats(0, 1), st.floats(0.001, 1e3), st.floats(0.001, 1e6))
def test_no_number_of_tries_is_too_many(tries: int, jitter: float, first: float, cap: float) -> None:
    assert 0 < Retry(first, cap).pause(tries, jitter) <= cap


@pytest.mark.parametrize(
    ("tries", "age", "expected"),
    [(1, 0, False), (1, 99, False), (1, 100, True), (4, 0, False), (5, 0, True), (6, 0, True)],
)
def test_it_is_over_by_age_or_by_number(tries: int, age: float, expected: bool) -> None:
    assert Retry(longest=100, most_tries=5).is_over(tries, age) is expected


def test_a_number_of_0_counts_none() -> None:
    assert not Retry(longest=100).is_over(1_000_000, 99)
