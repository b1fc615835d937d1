import pytest

from openworklist.domain.attribute import Level, Match
from openworklist.domain.attributes import ATTRIBUTES, BY_NAME
from openworklist.domain.errors import MappingError
from openworklist.domain.extra import (
    find_attribute,
    has_settled_vr,
    is_extra,
    read_attribute,
    write_attribute,
)


def test_the_catalogue_is_known_by_name_keyword_and_tag() -> None:
    for text in ("modality", "Modality", "(0008,0060)", "00080060"):
        assert read_attribute(text) is BY_NAME["modality"]
    assert not is_extra(read_attribute("modality"))
    assert write_attribute(BY_NAME["modality"]) == "modality"


@pytest.mark.parametrize(
    ("text", "name", "vr", "multiple"),
    [
        ("(0018,1030)", "00181030", "LO", False),
        ("ProtocolName", "00181030", "LO", False),
        ("step.(0018,1030)", "00400100.00181030", "LO", False),
        ("(0010,2160)", "00102160", "SH", False),
        ("PatientAge", "00101010", "AS", False),
        ("OtherPatientNames", "00101001", "PN", False),
        ("(0008,0008)", "00080008", "CS", True),
        ("(0028,0010)", "00280010", "US", False),
        ("PixelSpacing", "00280030", "DS", True),
    ],
)
def test_others_have_what_the_standard_says_of_them(text: str, name: str, vr: str, multiple: bool) -> None:
    attribute = read_attribute(text)
    assert (attribute.name, attribute.vr, attribute.multiple) == (name, vr, multiple)
    assert (attribute.level is Level.STEP) is text.startswith("step.")
    assert is_extra(attribute)
    assert has_settled_vr(attribute)
    assert read_attribute(write_attribute(attribute)) == attribute
    assert find_attribute(name) == attribute


def test_a_private_attribute_needs_a_vr_and_its_creator() -> None:
    attribute = read_attribute("step.(0019,1001)", vr="LO", creator="ACME 1.0")
    assert (attribute.name, attribute.creator) == ("00400100.00191001:ACME 1.0", "ACME 1.0")
    assert (write_attribute(attribute), has_settled_vr(attribute)) == ("step.(0019,1001)", False)
    assert find_attribute(attribute.name) == attribute


def test_of_several_vrs_one_has_to_be_named() -> None:
    assert read_attribute("(0028,0106)", vr="SS").vr == "SS"
    assert read_attribute("(0028,0106)", vr="SS").match is Match.SINGLE


@pytest.mark.parametrize(
    ("text", "vr", "creator", "where", "sentence"),
    [
        ("colour", "", "", "", "no attribute 'colour'"),
        ("PatientColour", "", "", "", "no attribute 'PatientColour'"),
        ("(0008,1140)", "", "", "", "its VR is SQ"),
        ("(7FE0,0010)", "", "", "", "its VR is OB or OW"),
        ("(0028,0106)", "", "", "", "its VR is US or SS"),
        ("(0018,1030)", "SH", "", "vr", "has the VR LO, not SH"),
        ("(0018,1030)", "", "ACME", "creator", "Only a private attribute"),
        ("(0019,1001)", "LO", "", "creator", "needs its creator"),
        ("(0019,1101)", "LO", "ACME", "creator", "needs its creator"),
        ("(0019,1001)", "", "ACME", "vr", "has to be said"),
        ("(0019,0010)", "LO", "ACME", "", "no attribute of an order"),
        ("(0008,0005)", "", "", "", "no attribute of an order"),
        ("(0040,0100)", "", "", "", "no attribute of an order"),
        ("(0002,0010)", "", "", "", "no attribute of an order"),
        ("(0018,0000)", "", "", "", "no attribute of an order"),
        ("modality", "LO", "", "", "is in the catalogue"),
        ("step.PatientWeight", "", "", "", "is in the catalogue"),
    ],
)
def test_what_no_rule_can_fill_is_refused(
    text: str, vr: str, creator: str, where: str, sentence: str
) -> None:
    with pytest.raises(MappingError) as found:
        read_attribute(text, vr=vr, creator=creator)
    assert sentence in found.value.sentence
    assert found.value.where == where


def test_a_name_that_is_none_finds_nothing() -> None:
    assert find_attribute("colour") is None
    assert all(find_attribute(each.name) is each for each in ATTRIBUTES)
