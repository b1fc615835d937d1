import csv
from datetime import UTC
from io import StringIO

import pytest

from openworklist.domain.audit import Deed
from openworklist.ui.audit_csv import write_csv

AT = 1_773_482_400_123_456


def read(deed: Deed) -> dict[str, str]:
    text = "".join(write_csv([deed], UTC))
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(StringIO(text[1:]))
    return row


def test_a_row_has_all_of_a_deed() -> None:
    deed = Deed(AT, "user:ada", "record.send", "record", "7", 7, "192.0.2.7", "ris:2575", 3)
    assert read(deed) == {
        "at": "2026-03-14T10:00:00.123+00:00",
        "who": "user:ada",
        "did": "record.send",
        "kind": "record",
        "which": "7",
        "record": "7",
        "address": "192.0.2.7",
        "detail": "ris:2575",
    }


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1"])
def test_nothing_is_a_formula(text: str) -> None:
    assert read(Deed(AT, "user:ada", "key.add", "key", text))["which"] == f"'{text}"


@pytest.mark.parametrize("text", ['"; drop', "two\nlines", "a,b", "Müller", "שרה"])
def test_whatever_was_typed_stays_in_its_cell(text: str) -> None:
    assert read(Deed(AT, "user:ada", "key.add", "key", text))["which"] == text
