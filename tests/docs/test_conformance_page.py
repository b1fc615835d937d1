"""docs/conformance.md says what the code does."""

import re
from pathlib import Path

import pytest

from openworklist.cli.conformance import _TABLES, fill
from openworklist.dicom.status import Status
from openworklist.domain.attributes import ATTRIBUTES

PAGE = (Path(__file__).parents[2] / "docs/conformance.md").read_text("utf-8")


def test_the_tables_are_those_of_the_code() -> None:
    assert fill(PAGE) == PAGE, "docs/conformance.md is out of date: make docs"


@pytest.mark.parametrize("name", _TABLES)
def test_every_table_is_on_the_page(name: str) -> None:
    assert PAGE.count(f"<!-- table: {name} -->") == 1


def test_every_status_and_every_key_is_told() -> None:
    assert all(f"| {status:04X} |" in PAGE for status in Status)
    assert all(f"| {each.tag_text} |" in PAGE for each in ATTRIBUTES if each.tag)


def test_a_link_to_a_place_leads_to_its_heading() -> None:
    for file, place in re.findall(r"\]\(([\w-]+\.md)#([\w-]+)\)", PAGE):
        headings = re.findall(
            r"^#+ (.+)$", (Path(__file__).parents[2] / "docs" / file).read_text("utf-8"), re.M
        )
        assert place in {heading.lower().replace(" ", "-") for heading in headings}, (file, place)
