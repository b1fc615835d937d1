"""Station rules and groups as JSON, and back."""

import json

import pytest

from openworklist.domain.conditions import Condition
from openworklist.domain.errors import SettingsError
from openworklist.domain.station_documents import from_document, to_document
from openworklist.domain.stations import StationGroup, StationRule


@pytest.mark.parametrize(
    "part",
    [
        StationRule("a", ("CT1", "scanners"), (Condition("modality", ("CT",)),), replaces=True, rank=3),
        StationRule("a", ("CT1",)),
        StationGroup("a", ("CT1", "CT2")),
        StationGroup("a", ("CT1",), shares=False),
    ],
)
def test_each_comes_back_from_its_document(part: StationRule | StationGroup) -> None:
    assert from_document(part.name, json.loads(json.dumps(to_document(part)))) == part


def test_a_document_may_leave_out_what_goes_without_saying() -> None:
    assert from_document("a", {"stations": "CT1"}) == StationRule("a", ("CT1",))
    assert from_document("a", {"ae_titles": ["CT1", " CT1"]}) == StationGroup("a", ("CT1",))


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ("CT1", "station rule 'a'"),
        ({}, "station rule 'a'.stations"),
        ({"stations": ["CT1", " "]}, "station rule 'a'.stations[1]"),
        ({"stations": ["CT1\\CT2"]}, "station rule 'a'.stations[0]"),
        ({"stations": ["CT1"], "replaces": 1}, "station rule 'a'.replaces"),
        ({"stations": ["CT1"], "when": {"modality": 3}}, "station rule 'a'.when.modality"),
        ({"stations": ["CT1"], "wenn": {}}, "station rule 'a'.wenn"),
        ({"ae_titles": []}, "station group 'a'.ae_titles"),
        ({"ae_titles": ["CT1", "SEVENTEEN_LETTERS"]}, "station group 'a'.ae_titles[1]"),
        ({"ae_titles": ["CT1"], "rank": 1}, "station group 'a'.rank"),
        ({"ae_titles": ["CT1"], "shares": "no"}, "station group 'a'.shares"),
    ],
)
def test_what_is_wrong_in_a_document_is_told_with_its_place(document: object, where: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_document("a", document)
    assert (caught.value.where, caught.value.code) == (where, "rule.invalid")
