"""Patient IDs that were given up, and the way from them to the patient who remains."""

import pytest

from openworklist.domain.merged import Merged, find_remaining, is_alive, list_merged
from openworklist.domain.patient import Patient, PatientChange
from openworklist.domain.sent import Sent


def merged(old: str, new: str, message: int = 1, issuer: str = "", until: int = 0) -> Merged:
    return Merged(Patient(old, issuer), {"patient_id": new}, message, until, "HIS|", 1_000)


def find(patient: Patient, *known: Merged) -> str:
    way = find_remaining(patient, lambda number: [each for each in known if each.patient.id == number])
    return way[-1].remaining.id if way else ""


def test_merges_are_followed_to_the_end() -> None:
    assert find(Patient("P3"), merged("P3", "P2"), merged("P2", "P1")) == "P1"
    assert find(Patient("P1"), merged("P3", "P2")) == ""


def test_a_circle_has_an_end() -> None:
    assert find(Patient("P2"), merged("P2", "P1"), merged("P1", "P2")) in ("P1", "P2")


def test_an_id_of_two_issuers_is_not_guessed() -> None:
    east, west = merged("P2", "P1", issuer="EAST"), merged("P2", "P5", issuer="WEST")
    assert find(Patient("P2"), east, west) == ""
    assert find(Patient("P2", "WEST"), east, west) == "P5"
    assert find(Patient("P2", "NORTH"), east, west) == ""


def test_the_last_of_several_merges_of_an_id_counts() -> None:
    first, last = merged("P2", "P1"), merged("P2", "P4", 2)
    assert find(Patient("P2"), first, last) == find(Patient("P2"), last, first) == "P4"


def test_a_merge_holds_for_what_came_behind_it_until_the_id_lives_again() -> None:
    known = merged("P2", "P1", message=5, until=9)
    assert [known.was_known(number) for number in (4, 5, 6, 9, 10)] == [False, False, True, True, False]


def test_what_is_remembered_of_a_merge() -> None:
    change = PatientChange(
        "A40",
        {"patient_id": "P1", "patient_name": "Roe", "admission_id": "V1"},
        former=(Patient("P2"), Patient("P2"), Patient("P1", "X"), Patient("")),
        sent=Sent("HIS|", 7, 7, 9),
    )
    assert list_merged(change, 3) == [
        Merged(Patient("P2"), {"patient_id": "P1", "patient_name": "Roe"}, 3, 0, "HIS|", 7)
    ]


@pytest.mark.parametrize(
    ("patient", "sender", "time", "former", "alive"),
    [
        ("P2", "HIS|", 2_000, (), True),
        ("P2", "HIS|", 1_000, (), False),  # sent in the same moment
        ("P2", "HIS|", 0, (), False),  # nobody knows when
        ("P2", "RIS|", 2_000, (), False),  # it may not have heard of the merge
        ("P2", "RIS|", 0, (Patient("P1"),), True),  # somebody was merged into it
        ("P1", "HIS|", 2_000, (), False),
    ],
)
def test_when_an_id_lives_again(
    patient: str, sender: str, time: int, former: tuple[Patient, ...], alive: bool
) -> None:
    change = PatientChange(
        "A08", {"patient_id": patient}, former=former, sent=Sent(sender, time, time, 9_000)
    )
    assert is_alive(change, merged("P2", "P1")) is alive
