"""docs/attributes.md says what the catalogue says."""

from pathlib import Path

from openworklist.cli.attributes import render


def test_the_page_is_the_catalogue() -> None:
    page = Path(__file__).parents[2] / "docs/attributes.md"
    assert page.read_text(encoding="utf-8") == render(), "docs/attributes.md is out of date: make docs"
