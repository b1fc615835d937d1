"""Identifiers too long for their place, and what they are asked for by afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.query import Single, WorklistQuery, matches
from openworklist.domain.record import Record
from openworklist.domain.shortening import beginning_of, is_short_for, is_shortened, shorten

LONG = "RADIOLOGY-2026-0001"


def test_what_fits_is_left_alone() -> None:
    assert shorten("A" * 16, 16) == "A" * 16


def test_what_does_not_fit_keeps_its_beginning() -> None:
    assert shorten(LONG, 16) == "RADIOLO~KAJCFVNE"
    assert beginning_of(shorten(LONG, 16)) == "RADIOLO"


def test_of_all_the_numbers_of_a_hospital_no_two_are_the_same() -> None:
    numbers = {shorten(f"RADIOLOGY-2026-{number:07}", 16) for number in range(100_000)}
    assert len(numbers) == 100_000


@given(st.text(min_size=17, max_size=99), st.text(min_size=17, max_size=99))
def test_two_stay_two_and_each_is_known_again(one: str, other: str) -> None:
    for limit in (16, 64):
        short = shorten(one, limit)
        assert len(short) <= limit
        assert is_shortened(short) or len(one) <= limit
        assert is_short_for(short, one) == (len(one) > limit)
        assert one == other or not is_short_for(short, other) or len(one) <= limit


@pytest.mark.parametrize(
    "text", ["", "A1", "ABCDEFG~ABCD234", "ABCDEFG~abcd2345", "ABCDEFGHABCD2345", "ABCDEFG~ABCD2340"]
)
def test_other_texts_are_not_of_that_form(text: str) -> None:
    assert not is_shortened(text)


@pytest.mark.parametrize("name", ["accession_number", "admission_id", "scheduled_station_ae_title"])
def test_a_record_is_found_by_what_it_was_answered_as(name: str) -> None:
    record = Record({name: LONG})
    asked = {LONG: True, shorten(LONG, 16): True, shorten(LONG + "0", 16): False, LONG[:16]: False}
    assert {
        text: matches(record, WorklistQuery((Single(name, text),))) for text in asked
    } == asked  # fmt: skip
