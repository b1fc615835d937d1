"""Scanners as they are stored, and what of them is refused."""

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.domain.scanner import (
    Scanner,
    from_document,
    parse_statuses,
    parse_window,
    to_document,
)

FULL = Scanner(
    "CT01",
    description="Room 3",
    modalities=("CT", "PT"),
    use_calling_ae=False,
    without_station="all",
    answer_charset="ISO_IR 100",
    shown_statuses=("SCHEDULED", "ON HOLD"),
    day_window="1,7",
    answer_limit=200,
    over_limit="refuse",
    flag_unsupported=False,
    time_zone="Europe/Athens",
    is_confirmed=True,
)


@pytest.mark.parametrize("scanner", [Scanner("CT01"), FULL], ids=["seen", "decided"])
def test_a_scanner_is_read_as_it_was_written(scanner: Scanner) -> None:
    assert from_document(scanner.ae_title, to_document(scanner)) == scanner


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shown_statuses", ["NEVER"]),
        ("day_window", "soon"),
        ("day_window", "1,2,3"),
        ("day_window", "9999"),
        ("answer_limit", -1),
        ("answer_limit", True),
        ("over_limit", "drop"),
        ("answer_charset", "ISO_IR 99"),
        ("answer_charset", "ISO 2022 IR 87"),
        ("without_station", "some"),
        ("time_zone", "Europe/Atlantis"),
        ("use_calling_ae", "yes"),
        ("description", "a\nb"),
        ("colour", "red"),
    ],
)
def test_what_cannot_be_is_refused(name: str, value: object) -> None:
    with pytest.raises(SettingsError):
        from_document("CT01", {**to_document(FULL), name: value})


@pytest.mark.parametrize("title", ["", " ", "A" * 17, "A\\B", "Ä"])
def test_a_scanner_has_an_ae_title(title: str) -> None:
    with pytest.raises(SettingsError, match="is no AE title"):
        from_document(title, {})


def test_statuses_and_windows_as_people_write_them() -> None:
    assert parse_statuses(" scheduled,On Hold,scheduled") == ("SCHEDULED", "ON HOLD")
    assert [parse_window(text) for text in ("any", "0", "3", "1, 7")] == [None, (0, 0), (3, 3), (1, 7)]
