"""The page has every character set, and the names on it are known."""

import re
from pathlib import Path

import pytest

from openworklist.domain.charset import CHARSETS, Charset, from_hl7

PAGE = (Path(__file__).parents[2] / "docs/charsets.md").read_text("utf-8")
ROWS = [line.split("|")[1:5] for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("charset", CHARSETS, ids=lambda charset: charset.name)
def test_every_set_is_on_the_page(charset: Charset) -> None:
    assert charset.hl7[0] in {name for row in ROWS for name in names(row[1])}
    assert charset.dicom in PAGE


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip())
def test_the_names_of_a_row_mean_its_set(row: list[str]) -> None:
    _, standard, others, dicom = row
    known = [from_hl7(name) for name in names(standard)]
    assert None not in known
    assert all(from_hl7(name) is not None for name in names(others))
    if len(known) == 1:
        assert {from_hl7(name) for name in names(others)} <= set(known)
        assert not dicom.strip() or from_hl7(dicom.strip()) is known[0]
