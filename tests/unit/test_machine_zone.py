import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.machine_zone import LibraryZone, find_machine_zone

ATHENS = ZoneInfo("Europe/Athens")
RULES = "EET-2EEST,M3.5.0/3,M10.5.0/4"  # as Athens has had them since 1996
SINCE_1996 = st.datetimes(datetime(1997, 1, 1), datetime(2037, 12, 31))

needs_tzset = pytest.mark.skipif(sys.platform == "win32", reason="Windows sets its zone elsewhere")


@pytest.fixture(scope="module")
def library_in_athens() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", RULES)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("name", ["Europe/Athens", ":Europe/Athens"])
def test_the_variable_names_a_zone(name: str) -> None:
    assert find_machine_zone(name) is ATHENS


def test_without_the_variable_the_link_of_the_machine_names_it(tmp_path: Path) -> None:
    file = tmp_path / "zoneinfo/Europe/Athens"
    file.parent.mkdir(parents=True)
    file.write_bytes(_read_athens())
    link = tmp_path / "localtime"
    link.symlink_to(file)

    zone = find_machine_zone(None, link)

    assert str(zone) == "Europe/Athens"
    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=3)
    assert datetime(2026, 1, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)


def test_a_copy_in_place_of_the_link_has_its_rules_too(tmp_path: Path) -> None:
    (tmp_path / "localtime").write_bytes(_read_athens())

    zone = find_machine_zone(None, tmp_path / "localtime")

    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=3)


def test_the_variable_may_name_a_file(tmp_path: Path) -> None:
    (tmp_path / "localtime").write_bytes(_read_athens())

    zone = find_machine_zone(f":{tmp_path}/localtime", Path("/nowhere"))

    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=3)


@pytest.mark.parametrize("name", [RULES, "", "Nowhere/At/All", "../etc/passwd", "Europe", "/nowhere"])
def test_what_has_no_name_is_left_to_the_c_library(name: str) -> None:
    assert isinstance(find_machine_zone(name), LibraryZone)


def test_so_is_a_machine_without_a_link_or_with_another_thing_there(tmp_path: Path) -> None:
    (tmp_path / "localtime").write_bytes(b"no zone")

    assert isinstance(find_machine_zone(None, tmp_path / "nothing"), LibraryZone)
    assert isinstance(find_machine_zone(None, tmp_path / "localtime"), LibraryZone)


@needs_tzset
@given(moment=SINCE_1996)
def test_the_c_library_says_what_the_zone_says(library_in_athens: None, moment: datetime) -> None:
    expected = moment.replace(tzinfo=UTC).astimezone(ATHENS)

    found = moment.replace(tzinfo=UTC).astimezone(LibraryZone())

    assert found.replace(tzinfo=None) == expected.replace(tzinfo=None)
    assert (found.fold, found.utcoffset()) == (expected.fold, expected.utcoffset())
    assert found.astimezone(UTC) == moment.replace(tzinfo=UTC)


@needs_tzset
@pytest.mark.parametrize(("hour", "fold", "offset"), [(0, 0, 3), (1, 1, 2)])
def test_the_hour_that_comes_twice_is_told_apart(
    library_in_athens: None, hour: int, fold: int, offset: int
) -> None:
    local = datetime(2026, 10, 25, hour, 30, tzinfo=UTC).astimezone(LibraryZone())

    assert (local.hour, local.minute, local.fold) == (3, 30, fold)
    assert local.utcoffset() == timedelta(hours=offset)
    assert local.tzname() == ("EET" if fold else "EEST")


@needs_tzset
def test_a_date_that_the_c_library_does_not_know_has_the_standard_offset(library_in_athens: None) -> None:
    assert datetime(1, 1, 1, tzinfo=LibraryZone()).utcoffset() == timedelta(hours=2)


def _read_athens() -> bytes:
    from importlib.resources import files

    return (files("tzdata.zoneinfo.Europe") / "Athens").read_bytes()
