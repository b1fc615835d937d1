"""Which questions are the same, but for the day."""

from datetime import date

import pytest
from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.shape import digest, fold_days


def make_question(day: str, *, is_implicit: bool, patient: str = "", birth: str = "") -> bytes:
    question, step = Dataset(), Dataset()
    question.PatientID = patient
    question.PatientBirthDate = birth
    step.Modality = "CT"
    step.ScheduledProcedureStepStartDate = day
    question.ScheduledProcedureStepSequence = [step]
    return encode(question, is_implicit, True) or b""


def fold(asked: str, today: date, *, is_implicit: bool = False, **keys: str) -> bytes:
    return fold_days(make_question(asked, is_implicit=is_implicit, **keys), today)


@pytest.mark.parametrize("is_implicit", [False, True])
def test_a_poll_for_today_is_the_same_on_each_day(is_implicit: bool) -> None:
    first, second = date(2026, 2, 28), date(2026, 3, 1)
    same = [
        ("20260228", "20260301"),
        ("20260228-20260302", "20260301-20260303"),
        ("20260227-", "20260228-"),
        ("", ""),
    ]
    for one, other in same:
        assert fold(one, first, is_implicit=is_implicit) == fold(other, second, is_implicit=is_implicit)
    for one, other in [("20260228", "20260228"), ("20260228", "20260301-"), ("20260228", "")]:
        assert fold(one, first, is_implicit=is_implicit) != fold(other, second, is_implicit=is_implicit)


def test_no_other_date_is_folded() -> None:
    first, second = date(2026, 3, 14), date(2026, 3, 15)
    for key in ("patient", "birth"):
        one, other = fold("", first, **{key: "20260314"}), fold("", second, **{key: "20260315"})
        assert one != other


def test_what_is_no_date_stays_as_it_is() -> None:
    today = date(2026, 3, 14)
    for odd in (b"\x40\x00\x02\x00DA\x08\x0099999999", b"\x40\x00\x02\x00", b"", bytes(range(256))):
        assert fold_days(odd, today) == odd


def test_parts_are_told_from_each_other() -> None:
    assert digest(b"ab", b"c") != digest(b"a", b"bc")
    assert digest(b"a") == digest(b"a")
