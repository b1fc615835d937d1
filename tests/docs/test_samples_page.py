"""docs/samples.md says of each order among the samples what `auto` finds where, and what not, and why."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.explain import explain
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests/data/hl7"
PAGE = (ROOT / "docs/samples.md").read_text("utf-8")
FOLDERS = ("radiology_orders", "orders_other", "manual", "ihe")
NAMES = (
    "modality",
    "scheduled_station_ae_title",
    "scheduled_procedure_step_start_date",
    "accession_number",
    "study_instance_uid",
    "requested_procedure_id",
)


def find_orders() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((DATA / folder).glob("*.hl7")):
            message = parse(decode(split_messages(path.read_bytes())[0]).text)
            if message.header.field(9)[:3] in ("ORM", "OMG", "OMI"):
                yield path


ORDERS = list(find_orders())


def make_row(path: Path) -> str:
    """The row of a sample, but for its last column: the first order of its first message."""
    decoded = decode(split_messages(path.read_bytes())[0])
    explained = explain(parse(decoded.text), preset("auto"), codec=decoded.codec)
    cells = [path.stem.split("_")[0] if path.stem[:3].isdigit() else path.stem, explained.variant or "none"]
    if explained.orders:
        found = {each.attribute.name: each for each in explained.orders[0].attributes}
        for name in NAMES:
            each = found.get(name)
            place = re.sub(r"\[\d+\]", "", each.origin) if each is not None else ""
            cells.append(f"`{each.value}` {place}" if each is not None and each.value else "-")
    else:
        cells += ["-"] * len(NAMES)
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("path", ORDERS, ids=lambda path: path.stem[:20])
def test_each_sample_is_on_the_page_with_what_is_found(path: Path) -> None:
    row = make_row(path)
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"{row.split(' |')[0]} |")]
    assert line.startswith(row)
    why = line.removeprefix(row).strip(" |")
    assert bool(why) == (" - |" in row)


def test_the_page_has_no_other_sample() -> None:
    rows = [
        line
        for line in PAGE.splitlines()
        if re.match(r"\| (\d{3}|[a-z]+[-_]?\w*) \| (none|ihe|steps|classic)", line)
    ]
    assert len(rows) == len(ORDERS)
