"""MSH-7 as a span of UTC: as wide as it is imprecise, and never after the message came."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.sent import Sent, find_newer, remember
from openworklist.hl7.sent import read_sent

BERLIN = ZoneInfo("Europe/Berlin")
LATER = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp() * 1_000_000)


def text_of(time: int) -> str:
    """A time as HL7 writes it, in UTC."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)
    return f"{moment:%Y%m%d%H%M%S.%f}".removesuffix(".000000") if time else ""


def read(text: str, arrived: datetime | None = None) -> Sent:
    received_at = int(arrived.timestamp() * 1_000_000) if arrived else LATER
    return read_sent(text, "RIS|", zone=BERLIN, received_at=received_at)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("20260314101530", "20260314091530", "20260314091530.999999"),
        ("20260714101530", "20260714081530", "20260714081530.999999"),
        ("20260314101530.25", "20260314091530.250000", "20260314091530.250000"),
        ("20260314101530.1234567", "20260314091530.123456", "20260314091530.123456"),
        ("202603141015", "20260314091500", "20260314091559.999999"),
        ("2026031410", "20260314090000", "20260314095959.999999"),
        ("20260314", "20260313230000", "20260314225959.999999"),
        ("20260314101530-0500", "20260314151530", "20260314151530.999999"),
        ("202603141015+0530", "20260314044500", "20260314044559.999999"),
        ("2026-03-14T10:15:30Z", "20260314101530", "20260314101530.999999"),
        ("2026-03-14 10:15", "20260314091500", "20260314091559.999999"),
        ("2026031410153", "20260314091500", "20260314091559.999999"),
        ("20260314101560", "20260314091559", "20260314091559.999999"),
        (" 20260314101530 ", "20260314091530", "20260314091530.999999"),
    ],
)
def test_a_stamp_is_a_span_of_utc(text: str, first: str, last: str) -> None:
    assert tuple(map(text_of, read(text)[1:3])) == (first, last)


@pytest.mark.parametrize("text", ["", "2026", "202603", "yesterday", "20261301", "00010101", "20260230"])
def test_what_names_no_day_may_have_been_sent_until_it_came(text: str) -> None:
    assert read(text) == Sent("RIS|", 0, LATER, LATER)


def test_nothing_is_sent_after_it_came() -> None:
    came = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
    assert set(map(text_of, read("20990101000000", came)[1:])) == {"20260314090000"}
    assert tuple(map(text_of, read("20260314", came)[1:3])) == ("20260313230000", "20260314090000")


def test_without_a_time_of_arrival_the_stamp_alone_counts() -> None:
    sent = read_sent("20260314101530", "RIS|", zone=UTC)
    assert tuple(map(text_of, sent[1:])) == ("20260314101530", "20260314101530.999999", "")


def test_a_cancel_counts_though_a_clock_was_years_ahead_before() -> None:
    marks = remember(read("20990101000000", datetime(2026, 3, 14, 9, 0, tzinfo=UTC)), {})
    assert find_newer(read("20260314100100", datetime(2026, 3, 14, 9, 1, tzinfo=UTC)), marks) == 0


def test_a_cancel_that_names_its_day_alone_counts_on_that_day() -> None:
    marks = remember(read("20260314100000", datetime(2026, 3, 14, 9, 0, tzinfo=UTC)), {})
    assert find_newer(read("20260314", datetime(2026, 3, 14, 9, 5, tzinfo=UTC)), marks) == 0


def test_the_hour_that_clocks_show_twice_in_autumn_is_read_by_the_time_of_arrival() -> None:
    # Berlin, 25 October 2026: 03:00 summer time is 02:00 winter time, 01:00 UTC.
    summer = read("20261025025000", datetime(2026, 10, 25, 0, 50, 1, tzinfo=UTC))
    winter = read("20261025021000", datetime(2026, 10, 25, 1, 10, 1, tzinfo=UTC))
    late = read("20261025025500", datetime(2026, 10, 25, 2, 30, tzinfo=UTC))
    assert tuple(text_of(each.first) for each in (summer, winter, late)) == (
        "20261025005000",
        "20261025011000",
        "20261025015500",
    )
    marks = remember(summer, {})
    assert find_newer(winter, marks) == find_newer(late, marks) == 0


def test_a_clock_that_is_a_little_ahead_is_not_taken_for_one_of_an_hour_ago() -> None:
    came = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert text_of(read("20261025021002", came).first) == "20261025011000"


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(
    lambda each: each.replace(microsecond=0)
)


@given(moments, moments, st.sampled_from([8, 12, 14]), st.sampled_from([8, 12, 14]))
def test_a_message_is_never_older_than_one_sent_before_it(
    one: datetime, other: datetime, digits: int, more: int
) -> None:
    early, late = (each.replace(tzinfo=UTC) for each in sorted((one, other)))

    def send(moment: datetime, width: int) -> Sent:
        return read(f"{moment.astimezone(BERLIN):%Y%m%d%H%M%S}"[:width], moment)

    assert find_newer(send(late, more), remember(send(early, digits), {})) == 0
