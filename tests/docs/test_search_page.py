"""The page about searching lists the fields, statuses and columns that there are."""

from pathlib import Path

from openworklist.domain.record_order import SORTS
from openworklist.domain.search import FIELDS, STATUSES

PAGE = (Path(__file__).parents[2] / "docs/search.md").read_text("utf-8")


def test_every_field_is_in_the_table_with_its_aliases_and_what_is_written() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines()]
    table = {row[0]: (row[1], row[3]) for row in rows if len(row) == 4 and row[0].startswith("`")}
    assert table == {
        f"`{field.name}`": (", ".join(f"`{alias}`" for alias in field.aliases), field.kind.value)
        for field in FIELDS.values()
    }


def test_every_status_and_column_is_named() -> None:
    assert [name for name in (*STATUSES, *SORTS) if f"`{name}`" not in PAGE] == []
