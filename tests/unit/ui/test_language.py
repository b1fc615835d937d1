from datetime import UTC
from importlib.resources import files

import pytest

from openworklist.ui.language import LANGUAGES, choose_language, get_language


@pytest.mark.parametrize(
    ("code", "preferred", "cookie", "accepted"),
    [
        ("en", "", "", ""),
        ("de", "", "", "de-AT,de;q=0.9,en;q=0.5"),
        ("en", "", "", "el, en;q=0.8, de;q=0.3"),
        ("de", "", "", "en;q=0.3, de;q=0.9"),
        ("de", "", "de", "en"),
        ("en", "en", "de", "de"),
        ("de", "xx", "yy", "de"),
        ("en", "", "", "nonsense;q=much"),
    ],
)
def test_who_asks_gets_their_language(code: str, preferred: str, cookie: str, accepted: str) -> None:
    assert choose_language(preferred, cookie, accepted).code == code


def test_every_language_has_a_catalogue() -> None:
    for code in LANGUAGES:
        assert code == "en" or files("openworklist.ui").joinpath("locale", code, "messages.po").is_file()
        assert get_language(code).code == code


def test_days_are_written_as_people_write_them() -> None:
    assert get_language("en").format_day("20260314") == "14 Mar 2026"
    assert get_language("de").format_day("20260314") == "14.03.2026"
    assert get_language("de").format_day("20261399") == "20261399"
    assert get_language("de").format_day("") == ""


def test_times_leave_out_seconds_that_are_none() -> None:
    english = get_language("en")
    assert [english.format_clock(value) for value in ("101500", "1015", "101501.5", "10", "", "noon")] == [
        "10:15", "10:15", "10:15:01", "10:00", "", "noon",
    ]  # fmt: skip


def test_a_moment_has_its_day_and_time() -> None:
    assert get_language("en").format_moment(1_773_482_401_000_000, UTC) == "14 Mar 2026 10:00:01"
