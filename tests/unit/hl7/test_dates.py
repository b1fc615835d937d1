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
        ("20260314003000-0500", "20260314", "063000"),
        ("20260725013000+0000", "20260725", "033000"),
        ("20261025003000+0000", "20261025", "023000"),
        ("20261025013000+0000", "20261025", "023000"),
        ("20260329005959+0000", "20260329", "015959"),
        ("20260329010000+0000", "20260329", "030000"),
        ("20260314101530-0330", "20260314", "144530"),
        ("20260314101530", "20260314", "101530"),
    ],
)
def test_an_offset_brings_it_to_the_zone_of_the_site(text: str, date: str, time: str) -> None:
    assert read_stamp(text, BERLIN) == (date, time, "")


@pytest.mark.parametrize(
    ("text", "date", "time", "local"),
    [
        ("20260314101500Z", "20260314", "101500", "111500"),
        ("20260314101500+01", "20260314", "101500", "101500"),
        ("20260314101500+01:00", "20260314", "101500", "101500"),
        ("20260314T101500", "20260314", "101500", "101500"),
        ("20260314T101500Z", "20260314", "101500", "111500"),
        ("20260314 1015", "20260314", "101500", "101500"),
        ("20260314 10:15:30", "20260314", "101530", "101530"),
    ],
)
def test_a_time_that_is_not_hl7_but_clear_is_read_with_a_warning(
    text: str, date: str, time: str, local: str
) -> None:
    assert read_stamp(text)[:2] == (date, time)
    assert read_stamp(text, BERLIN)[:2] == (date, local)
    assert "not written as HL7 writes a time" in read_stamp(text).problem


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("20260314101500.5abc", "101500.5"),
        ("20260314101500 CET", "101500"),
        ("20260314101500-", "101500"),
        ("20260314101500,5", "101500"),
        ("20260314101500+123456", "101500"),
        ("202603141015?", "101500"),
        ("20260314XYZ", ""),
        ("20260314T", ""),
    ],
)
def test_of_a_bad_end_the_beginning_is_taken(text: str, time: str) -> None:
    stamp = read_stamp(text, BERLIN)
    assert (stamp.date, stamp.time) == ("20260314", time)
    assert "does not end as a date does" in stamp.problem


@pytest.mark.parametrize("text", ["20260314-1015", "20260314+0900", "20260314Z", "2026-03-14+01:00"])
def test_an_offset_without_a_time_leaves_the_day(text: str) -> None:
    stamp = read_stamp(text, ZoneInfo("Asia/Tokyo"))
    assert (stamp.date, stamp.time) == ("20260314", "")
    assert stamp.problem == "has an offset, but no time: only the day was read"


def test_without_a_zone_the_time_stays_that_of_the_sender() -> None:
    assert read_stamp("20260314101530+0900")[:2] == ("20260314", "101530")


def test_offsets_and_years_at_the_edge_do_no_harm() -> None:
    assert read_stamp("20260314101530+9999", BERLIN).date == "20260314"
    assert read_stamp("00010101000000+1400", timezone(timedelta(hours=-5))).date == "00010101"
