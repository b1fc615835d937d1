"""docs/samples.md: what `auto` finds in each sample of an order, and where."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from openworklist.hl7.explain import ExplainedOrder
from openworklist.hl7.profile import preset
from openworklist.services.explanation import explain_messages

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests/data/hl7"
FOLDERS = ("manual", "radiology_orders", "orders_other")
PAGE = (ROOT / "docs/samples.md").read_text("utf-8")
COLUMNS = {
    "modality": "modality",
    "station AE title": "scheduled_station_ae_title",
    "start": "scheduled_procedure_step_start_date",
    "accession number": "accession_number",
    "Study Instance UID": "study_instance_uid",
    "procedure ID": "requested_procedure_id",
}
# Samples that are printed with empty fields lost tell nothing of places.
SAMPLES = {
    f"{folder}/{path.stem.split('_')[0]}": path
    for folder in FOLDERS
    for path in sorted((DATA / folder).glob("*.hl7"))
    if folder != "manual" or path.stem.startswith("rebuilt")
}


def read_rows() -> dict[str, list[list[str]]]:
    """The rows of the table by sample, without its name."""
    rows: dict[str, list[list[str]]] = {}
    for line in PAGE.splitlines():
        name, *cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| `"):
            rows.setdefault(name.strip("` "), []).append(cells)
    return rows


ROWS = read_rows()


def tell(path: Path) -> Iterator[list[str]]:
    """A row for each order; one for several that are alike."""
    (message,) = explain_messages(path.read_bytes().strip(b"\v\x1c\r\n"), lambda message: preset("auto"))
    assert message.explanation is not None
    family = message.explanation.variant or "none"
    rows = [[family, *tell_order(order)] for order in message.explanation.orders]
    numbered = groupby(enumerate(rows, 1), lambda each: each[1])
    for row, found in numbered:
        numbers = [number for number, _ in found]
        yield [span(numbers, len(rows)), *row]
    if not rows:
        yield ["none", family, *("-" for _ in COLUMNS)]


def span(numbers: list[int], count: int) -> str:
    if len(numbers) == count:
        return "all" if count > 1 else "1"
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])


def tell_order(order: ExplainedOrder) -> list[str]:
    found = {each.attribute.name: each for each in order.attributes}
    cells = []
    for name in COLUMNS.values():
        value, origin = found[name].value, found[name].origin
        if name.endswith("start_date"):
            value = f"{value} {found['scheduled_procedure_step_start_time'].value}".strip()
        place = re.sub(r"\[\d+\]", "", origin)
        cells.append(f"`{value}` {place}" if value else "-")
    return cells


@pytest.mark.parametrize("name", SAMPLES)
def test_the_table_says_what_auto_finds(name: str) -> None:
    assert ROWS[name] == list(tell(SAMPLES[name]))


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_not_found_has_its_reason(name: str) -> None:
    is_whole = all("-" not in row for row in ROWS[name])
    assert is_whole or f"`{name}`" in PAGE.partition("## What is not found, and why")[2]


def test_each_sample_has_rows_and_the_columns_are_those() -> None:
    assert ROWS.keys() == SAMPLES.keys()
    assert f"| sample | order | family | {' | '.join(COLUMNS)} |" in PAGE
