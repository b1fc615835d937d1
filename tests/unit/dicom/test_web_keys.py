import pytest

from openworklist.dicom.identifier import to_question
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.dicom.web_keys import list_names, to_identifier
from openworklist.domain.errors import IdentifierError
from openworklist.domain.query import PersonName, Range, Single


def _read(match: dict[str, str], *included: str):  # type: ignore[no-untyped-def]
    return to_question(to_identifier(match, included), EXPLICIT_LITTLE_ENDIAN)


def test_a_search_is_the_question_that_a_scanner_would_ask() -> None:
    question = _read(
        {
            "PatientName": "DOE*",
            "00100020": "P1",
            "ScheduledProcedureStepSequence.ScheduledProcedureStepStartDate": "20260314-",
            "Modality": "CT",
        }
    )

    assert set(question.conditions) == {
        PersonName("patient_name", "DOE*"),
        Single("patient_id", "P1"),
        Range("scheduled_procedure_step_start_date", "20260314", ""),
        Single("modality", "CT"),
    }
    assert not question.has_unsupported


def test_letters_go_as_unicode() -> None:
    assert _read({"PatientName": "Ωmega^Ann"}).conditions == (PersonName("patient_name", "Ωmega^Ann"),)


@pytest.mark.parametrize(
    "name", ["Nonsense", "00109999", "PatientID.Modality", "ScheduledProcedureStepSequence.X"]
)
def test_what_no_worklist_has_is_refused(name: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        to_identifier({name: "1"}, ())

    assert caught.value.code == "request.bad-parameter"


def test_every_name_that_is_offered_is_taken() -> None:
    for name in list_names():
        to_identifier({name: "1"}, ())
