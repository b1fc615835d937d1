"""What is older than a site wants it: by the calendar, in the zone of the site."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.errors import SettingsError
from openworklist.domain.retention import AGES, NEVER, Cutoff, find_cutoff

ATHENS = ZoneInfo("Europe/Athens")


def microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def cutoff(age: str, *now: int, zone: ZoneInfo = ATHENS) -> Cutoff:
    found = find_cutoff(age, microseconds(datetime(*now, tzinfo=zone)), zone)  # type: ignore[arg-type,misc]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("age", "day"),
    [("7 days", "20260324"), ("14 days", "20260317"), ("1 month", "20260228"), ("3 months", "20251231")],
)
def test_an_age_is_counted_by_the_calendar(age: str, day: str) -> None:
    assert cutoff(age, 2026, 3, 31, 12).day == day


def test_a_month_before_the_end_of_march_is_the_end_of_february() -> None:
    assert cutoff("1 month", 2028, 3, 31).day == "20280229"
    assert cutoff("1 month", 2026, 1, 15).day == "20251215"


def test_the_day_is_that_of_the_site() -> None:
    """In the last hour of the day in UTC it is tomorrow in Athens."""
    now = microseconds(datetime(2026, 3, 14, 23, 30, tzinfo=timezone.utc))  # noqa: UP017
    assert [find_cutoff("7 days", now, zone) for zone in (ZoneInfo("UTC"), ATHENS)] == [
        ("20260307", microseconds(datetime(2026, 3, 7, tzinfo=ZoneInfo("UTC")))),
        ("20260308", microseconds(datetime(2026, 3, 8, tzinfo=ATHENS))),
    ]


def test_a_day_begins_when_it_does_also_after_the_clocks_changed() -> None:
    """Summer time in Athens began on the 29th."""
    assert cutoff("7 days", 2026, 4, 2, 0, 30).moment == microseconds(
        datetime(2026, 3, 26, tzinfo=timezone(timedelta(hours=2)))
    )


def test_a_record_is_older_if_it_starts_before_the_day() -> None:
    week = cutoff("7 days", 2026, 3, 14)
    assert week.is_before("20260306", created_at=week.moment + 1)
    assert not week.is_before("20260307", created_at=0)


@pytest.mark.parametrize("start", ["", "2026", "14.03.26", "٢٠٢٦٠٣٠١"])
def test_a_record_without_a_date_is_as_old_as_its_arrival(start: str) -> None:
    week = cutoff("7 days", 2026, 3, 14)
    assert week.is_before(start, created_at=week.moment - 1)
    assert not week.is_before(start, created_at=week.moment)


def test_never_is_never() -> None:
    assert find_cutoff(NEVER, 0, ATHENS) is None


def test_an_age_that_nobody_knows_is_refused() -> None:
    with pytest.raises(SettingsError, match="1 year"):
        find_cutoff("1 year", 0, ATHENS)


@given(st.dates(date(1971, 1, 1), date(2200, 12, 31)))
def test_the_longer_records_stay_the_earlier_is_the_day(day: date) -> None:
    days = [cutoff(age, day.year, day.month, day.day).day for age in AGES if age != NEVER]
    assert days == sorted(days, reverse=True)
    assert days[0] < f"{day:%Y%m%d}"
