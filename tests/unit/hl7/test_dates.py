from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from openworklist.hl7.dates import read_stamp

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "date", "time"),
    [
        ("20260314", "20260314", ""),
        ("2026031410", "20260314", "100000"),
        ("202603141015", "20260314", "101500"),
        ("20260314101530", "20260314", "101530"),
        ("20260314101530.1234", "20260314", "101530.1234"),
        ("20260314101530.5000", "20260314", "101530.5"),
        ("20260314101530.", "20260314", "101530"),
        ("20240229", "20240229", ""),
        ("20161231235960", "20161231", "235959"),
        (" 20260314 ", "20260314", ""),
        ("2026-03-14", "20260314", ""),
        ("2026-03-14T10:15:30.5", "20260314", "101530.5"),
        ("2026/03/14 10:15", "20260314", "101500"),
    ],
)
def test_a_stamp_is_read(text: str, date: str, time: str) -> None:
    assert read_stamp(text) == (date, time, "")


@pytest.mark.parametrize(
    ("text", "date", "time"),
    [
        ("200512301613529400", "20051230", "161352"),
        ("2019031524", "20190315", ""),
        ("2019031510151", "20190315", "101500"),
        ("20190315250000", "20190315", ""),
    ],
)
def test_of_too_many_digits_the_longest_valid_beginning_is_taken(text: str, date: str, time: str) -> None:
    stamp = read_stamp(text)
    assert (stamp.date, stamp.time) == (date, time)
    assert "more digits" in stamp.problem


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "1973", "197313", "20190230", "00000000", "14.03.2026", "²0260314"]
)
def test_what_is_no_day_is_told(text: str) -> None:
    stamp = read_stamp(text)
    assert (stamp.date, stamp.time) == ("", "")
    assert stamp.problem


@pytest.mark.parametrize(
    ("text", "date", "time"),
    [
        ("20260314101530+0000", "20260314", "111530"),
        ("20260714101530+0000", "20260714", "121530"),
        ("20260314233000-0500", "20260315", "053000"),
        ("2026-03-14T10:15:00Z", "20260314", "111500"),
        ("20260314101530.25+0100", "20260314", "101530.25"),
        ("20260314+0900", "20260314", ""),
        ("20260314101530", "20260314", "101530"),
    ],
)
def test_an_offset_brings_it_to_the_zone_of_the_site(text: str, date: str, time: str) -> None:
    assert read_stamp(text, BERLIN) == (date, time, "")


def test_without_a_zone_the_time_stays_that_of_the_sender() -> None:
    assert read_stamp("20260314101530+0900")[:2] == ("20260314", "101530")


def test_offsets_and_years_at_the_edge_do_no_harm() -> None:
    assert read_stamp("20260314101530+9999", BERLIN).date == "20260314"
    assert read_stamp("00010101000000+1400", timezone(timedelta(hours=-5))).date == "00010101"
