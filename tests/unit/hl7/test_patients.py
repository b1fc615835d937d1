"""What an ADT message says of its patients, as the profile reads them in orders."""

import pytest

from openworklist.domain.patient import Patient, PatientChange
from openworklist.hl7.message import parse
from openworklist.hl7.patients import read_patients
from openworklist.hl7.profile import Profile, make_profile, preset


def read(event: str, *lines: str, profile: Profile | None = None) -> list[PatientChange]:
    text = "\r".join((f"MSH|^~\\&|HIS|H|||20260314090000||ADT^{event}|1|P|2.5", *lines))
    return list(read_patients(parse(text), profile or preset("classic")))


def test_values_of_the_patients_level_alone() -> None:
    (change,) = read("A08", "PID|||P1^^^HOSP||Doe^Jane||19700101|F", "PV1||I|W1||||2^House", "NTE|1||Deaf")
    assert change.values == {
        "patient_id": "P1",
        "issuer_of_patient_id": "HOSP",
        "patient_name": "Doe^Jane",
        "patient_birth_date": "19700101",
        "patient_sex": "F",
        "current_patient_location": "W1",
    }
    assert (change.event, change.former, change.problem) == ("A08", (), None)
    assert change.sent.sender == "HIS|H"


def test_quotes_delete() -> None:
    (change,) = read("A08", 'PID|||P1||Doe^Jane||""|""')
    assert change.nullified == {"patient_birth_date", "patient_sex"}


def test_other_patients_of_a_message_are_not_mixed_up() -> None:
    one, two = read("A08", "PID|||P1||Doe||19700101", "PV1||I|W1", "PID|||P2||Poe", "PV1||I|W2")
    assert [each.values.get("current_patient_location") for each in (one, two)] == ["W1", "W2"]
    assert "patient_birth_date" not in two.values


@pytest.mark.parametrize(
    ("merges", "former"),
    [
        (["MRG|P9"], [Patient("P9")]),
        (["MRG|P9^^^HOSP&1.2&ISO^MR"], [Patient("P9", "HOSP")]),
        (["MRG|^^^X~P9^^^HOSP"], [Patient("P9", "HOSP")]),
        (["MRG|P9~P8^^^HOSP~P7^^^OTHER"], [Patient("P9"), Patient("P8", "HOSP")]),
        (["MRG|P9", "MRG|P8"], [Patient("P9"), Patient("P8")]),
    ],
)
def test_former_ids_of_a_merge(merges: list[str], former: list[Patient]) -> None:
    (change,) = read("A40", "PID|||P1^^^HOSP||Doe", *merges)
    assert list(change.former) == former
    assert change.problem is None


def test_each_patient_has_its_own_merge() -> None:
    one, two = read("A47", "PID|||P1", "PD1|x", "MRG|P8", "PV1||I", "PID|||P2", "MRG|P9")
    assert (one.former, two.former) == ((Patient("P8"),), (Patient("P9"),))


def test_a_former_id_is_read_where_the_profile_reads_the_patient() -> None:
    """PID-2 was in MRG-4, PID-18 in MRG-3."""
    merge = "MRG|X9|Y9|Z9|P9"
    for place, number in (("PID-2", "P9"), ("PID-4", "Y9"), ("PID-18", "Z9"), ("PID-3.1", "X9")):
        patient = "PID||P1|X1|Y1" + "|" * 14 + "Z1"
        (change,) = read("A40", patient, merge, profile=make_profile("site", {"patient_id": [place]}))
        assert change.former == (Patient(number),)


@pytest.mark.parametrize("lines", [(), ("PV1||I",), ("PID|||",), ('PID|||""',), ("MRG|P9",)])
def test_a_message_without_patient_has_a_problem(lines: tuple[str, ...]) -> None:
    (change,) = read("A40", *lines)
    assert change.problem is not None
    assert (change.problem.code, change.problem.where) == ("patient.missing", "PID-3")


def test_a_merge_in_an_update_is_nothing() -> None:
    (change,) = read("A08", "PID|||P1", "MRG|P9")
    assert (change.former, change.problem) == ((), None)


def test_other_delimiters_are_heeded() -> None:
    text = "MSH#$~\\&#HIS#H###20260314090000##ADT$A40#1#P#2.5\rPID###P1\rMRG#P9$$$HOSP"
    (change,) = read_patients(parse(text), preset("classic"))
    assert change.former == (Patient("P9", "HOSP"),)
