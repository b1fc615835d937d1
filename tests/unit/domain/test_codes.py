"""The place of a code in an item, PS3.3 table 8.8-1."""

import pytest

from openworklist.domain.codes import CODE_VALUES, value_in
from openworklist.domain.query import Nested, Single, WorklistQuery, matches
from openworklist.domain.record import Record

CODES = {
    "CTHEAD": "code_value",
    "A" * 16: "code_value",
    "A" * 17: "long_code_value",
    "urn:oid:2.16.840.1": "urn_code_value",
    "http://loinc.org/vs/LL1001-8": "urn_code_value",
    "CT:HEAD": "code_value",  # a colon alone makes no URL
    "http://örtlich/ct-kopf": "long_code_value",  # UR is ASCII
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("stored_as", CODE_VALUES)
def test_a_code_stands_in_one_place_wherever_the_record_has_it(code: str, stored_as: str) -> None:
    found = {name: value_in({stored_as: code}, name) for name in CODE_VALUES}
    assert found == {name: code if name == CODES[code] else "" for name in CODE_VALUES}


def test_other_values_of_an_item_are_as_they_are() -> None:
    assert value_in({"code_meaning": "Head"}, "code_meaning") == "Head"
    assert value_in({"code_meaning": "Head"}, "coding_scheme_version") == ""
    assert value_in({"code_meaning": "Head"}, "code_value") == ""


def test_a_long_code_is_asked_for_in_its_own_place() -> None:
    codes = "requested_procedure_code_sequence"
    record = Record({codes: ({"code_value": "CT-HEAD-WITH-CONTRAST"},)})

    def is_found(name: str, value: str) -> bool:
        return matches(record, WorklistQuery((Nested(codes, (Single(name, value),)),)))

    assert is_found("long_code_value", "CT-HEAD-WITH-CONTRAST")
    assert not is_found("code_value", "CT-HEAD-WITH-CON")
