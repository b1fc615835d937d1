"""The catalogue, row by row, against the dictionary that pydicom makes of PS3.6."""

from collections import Counter
from collections.abc import Iterator

import pytest
from pydicom.datadict import dictionary_keyword, dictionary_VM, dictionary_VR

from openworklist.domain.attributes import ATTRIBUTES, BY_NAME, SEQUENCE_TAGS, Attribute, Level, Match


def walk(rows: tuple[Attribute, ...]) -> Iterator[Attribute]:
    for row in rows:
        yield row
        yield from walk(row.items)


ROWS = [row for row in walk(ATTRIBUTES) if row.tag]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.keyword)
def test_a_row_says_what_the_dictionary_says(row: Attribute) -> None:
    assert row.keyword == dictionary_keyword(row.tag)
    assert row.vr == dictionary_VR(row.tag)
    assert row.multiple == (dictionary_VM(row.tag) != "1")
    assert bool(row.items) == row.is_sequence


def test_only_what_no_element_holds_has_no_tag() -> None:
    assert [row.keyword for row in walk(ATTRIBUTES) if not row.tag] == ["OrderStatus", "RequestedTiming"]


def test_no_tag_and_no_name_is_there_twice() -> None:
    for rows in (ATTRIBUTES, *(row.items for row in ROWS)):
        counts = Counter(row.tag for row in rows if row.tag) + Counter(row.name for row in rows)
        assert max(counts.values(), default=1) == 1


def test_the_sequences_inside_others_are_known() -> None:
    assert {row.tag for row in ROWS if row.is_sequence} == SEQUENCE_TAGS
    assert 0x0040_0440 in SEQUENCE_TAGS


# PS3.4 table K.6-1: what an SCP must match on.
REQUIRED = {
    "scheduled_station_ae_title",
    "scheduled_procedure_step_start_date",
    "scheduled_procedure_step_start_time",
    "modality",
    "scheduled_performing_physician_name",
    "patient_name",
    "patient_id",
}


def test_the_keys_that_the_standard_demands() -> None:
    assert {row.name for row in ATTRIBUTES if row.required} == REQUIRED
    # K.6-1 asks for a single value; `*` in it harms nobody, and scanners send it.
    assert BY_NAME["patient_id"].match is Match.WILDCARD


@pytest.mark.parametrize("name", ["scheduled_specimen_sequence", "barcode_value"])
def test_specimens_and_barcode_stand_beside_the_step(name: str) -> None:
    assert BY_NAME[name].level is not Level.STEP


def test_what_identifies_is_text_of_a_limited_length() -> None:
    identifying = [row for row in ROWS if row.identifies]
    assert {row.vr for row in identifying} == {"AE", "LO", "SH"}
    assert {"patient_id", "accession_number", "scheduled_station_ae_title", "container_identifier"} <= {
        row.name for row in identifying
    }
