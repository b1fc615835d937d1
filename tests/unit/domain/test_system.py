import pytest

from openworklist.domain.errors import SettingsError
from openworklist.domain.system import System, find_system, from_document, to_document


def _index(*systems: System) -> dict[str, System]:
    return {system.name: system for system in systems}


SEEN = System("RIS", "EAST")
OWN = System("RIS", "EAST", profile="own", is_confirmed=True)
ANY_RIS = System("RIS", "*", profile="any", is_confirmed=True)
ANY = System("*", "*", profile="all", is_confirmed=True)


def test_what_somebody_decided_about_a_sender_counts_before_any_pattern():
    assert find_system(_index(OWN, ANY_RIS, ANY), "RIS", "EAST") is OWN


def test_a_pattern_counts_for_a_sender_that_was_only_seen():
    assert find_system(_index(SEEN, ANY_RIS), "RIS", "EAST") is ANY_RIS


def test_the_pattern_that_says_most_counts():
    assert find_system(_index(ANY, ANY_RIS), "RIS", "WEST") is ANY_RIS
    assert find_system(_index(ANY, ANY_RIS), "LIS", "WEST") is ANY


def test_a_sender_that_nobody_decided_about_is_found_as_it_was_seen():
    assert find_system(_index(SEEN), "RIS", "EAST") is SEEN
    assert find_system(_index(SEEN), "RIS", "WEST") is None


def test_a_star_is_the_only_letter_that_stands_for_others():
    system = System("RIS[1]?", "*", is_confirmed=True)
    assert system.fits("RIS[1]?", "ANY")
    assert not system.fits("RIS1X", "ANY")


@pytest.mark.parametrize(
    ("message_type", "expected"),
    [
        ("OMI^O23^OMI_O23", "steps"),
        ("OMI^Z23", "others"),
        ("ORM^O01", "own"),
        ("omi^o23", "steps"),
        ("", "own"),
    ],
)
def test_a_message_type_may_have_a_mapping_of_its_own(message_type, expected):
    system = System("RIS", "", profile="own", profiles={"OMI^O23": "steps", "OMI": "others"})
    assert system.find_profile(message_type) == expected


def test_a_system_comes_back_from_its_document():
    system = System("RIS", "EAST", "own", {"OMI": "ihe"}, False, "8859/7", True)
    assert from_document(system.name, to_document(system)) == system


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("RIS", {}),
        ("RIS|", []),
        ("RIS|", {"colour": "red"}),
        ("RIS|", {"profile": 1}),
        ("RIS|", {"acknowledge": "yes"}),
        ("RIS|", {"charset": "KLINGON"}),
    ],
)
def test_a_document_that_is_no_system_is_an_error(name, document):
    with pytest.raises(SettingsError):
        from_document(name, document)
