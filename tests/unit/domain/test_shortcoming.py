import pytest

from openworklist.domain.charset import Charset, from_dicom
from openworklist.domain.record import Value
from openworklist.domain.shortcoming import Lack, find_shortcomings

WHOLE: dict[str, Value] = {
    "patient_name": "Doe^Jane",
    "patient_id": "P1",
    "accession_number": "A1",
    "requested_procedure_id": "R1",
    "requested_procedure_description": "Head",
    "study_instance_uid": "1.2.3",
    "scheduled_station_ae_title": "CT1",
    "scheduled_station_name": "ROOM 1",
    "scheduled_procedure_step_start_date": "20260314",
    "scheduled_procedure_step_start_time": "080000",
    "scheduled_procedure_step_description": "Head",
    "scheduled_procedure_step_id": "S1",
    "modality": "CT",
}


def lacks(charset: Charset | None = None, **changed: Value) -> list[tuple[str, Lack]]:
    """What is lacking, but for what may be empty."""
    found = find_shortcomings({**WHOLE, **changed}, charset)
    return [(each.name, each.lack) for each in found if each.lack is not Lack.EMPTY]


def test_a_record_may_lack_nothing() -> None:
    assert lacks() == []


def test_what_scanners_need_is_missed_unless_it_is_made_here() -> None:
    assert lacks(modality="") == [("modality", Lack.MISSING)]
    assert lacks(study_instance_uid="", scheduled_station_name="", scheduled_procedure_step_id="") == [
        ("study_instance_uid", Lack.COMPLETED),
        ("scheduled_procedure_step_id", Lack.COMPLETED),
        ("scheduled_station_name", Lack.COMPLETED),
    ]


def test_of_a_text_and_its_code_one_is_needed() -> None:
    code: Value = ({"code_value": "C", "coding_scheme_designator": "L", "code_meaning": "Head"},)
    assert lacks(requested_procedure_description="") == [("requested_procedure_description", Lack.MISSING)]
    assert lacks(requested_procedure_description="", requested_procedure_code_sequence=code) == []


def test_what_may_be_empty_is_told_quietly() -> None:
    found = {each.name: each.lack for each in find_shortcomings(WHOLE)}
    assert found["patient_birth_date"] is Lack.EMPTY
    assert not Lack.EMPTY.is_serious
    assert not {"referenced_study_sequence", "patient_size", "order_status"} & found.keys()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("accession_number", "A" * 17, "has more than 16 letters: it is answered shortened, with a hash"),
        ("requested_procedure_description", "x" * 65, "has more than 64 letters: it is answered cut"),
        ("patient_name", "A" * 65 + "=" + "B" * 3, "has more than 64 letters"),
        ("scheduled_station_ae_title", "CT1\\" + "C" * 17, "has more than 16 letters"),
        ("00181030", "x" * 65, "has more than 64 letters"),
        (
            "requested_procedure_code_sequence",
            ({"code_value": "C" * 17, "coding_scheme_designator": "L", "code_meaning": "x" * 65},),
            "has more letters than DICOM allows",
        ),
    ],
)
def test_what_is_too_long_is_told(name: str, value: Value, sentence: str) -> None:
    (found,) = [each for each in find_shortcomings({**WHOLE, name: value}) if each.lack is Lack.TOO_LONG]
    assert found.name == name
    assert found.sentence.startswith(sentence)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accession_number", "A" * 16),
        ("patient_name", "A" * 64 + "=" + "B" * 64),
        ("scheduled_station_ae_title", "\\".join(["C" * 16] * 3)),
        ("requested_procedure_comments", "x" * 10240),
        ("requested_procedure_code_sequence", ({"code_value": "C" * 17, "coding_scheme_designator": "L"},)),
        ("order_status", "x" * 100),
        ("colour", "x" * 100),
    ],
)
def test_what_fits_is_not(name: str, value: Value) -> None:
    assert lacks(**{name: value}) == []


@pytest.mark.parametrize(
    ("term", "name", "sentence"),
    [
        ("ISO_IR 100", "Müller^Jörg", ""),
        ("ISO_IR 101", "Škoda^Ivo", ""),
        ("ISO_IR 100", "Škoda^Ivo", "has a letter that Latin 1 has not."),
        ("ISO_IR 100", "Yamada=山田", "has 2 letters that Latin 1 has not."),
        ("ISO_IR 192", "Yamada=山田", ""),
    ],
)
def test_letters_that_a_set_lacks_are_counted(term: str, name: str, sentence: str) -> None:
    found = find_shortcomings({**WHOLE, "patient_name": name}, from_dicom(term))
    assert [each.sentence for each in found if each.lack is Lack.LETTERS] == [sentence] * bool(sentence)
