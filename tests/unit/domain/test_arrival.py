"""Which records a study is of."""

from typing import Any

import pytest

from openworklist.domain.arrival import find_records_of, is_finished_by, is_study_of
from openworklist.domain.patient import Patient
from openworklist.domain.record import Record, Status
from openworklist.domain.study import Study


def record(number: int = 1, status: Status = Status.SCHEDULED, **values: str) -> Record:
    given = {"patient_id": "P1", "accession_number": "A1", "study_instance_uid": "1.2.3", "modality": "CT"}
    return Record({**given, **values}, status=status, id=number)


def study(uid: str = "1.2.3", modalities: tuple[str, ...] = ("CT",), **values: str) -> Study:
    return Study(uid, {"patient_id": "P1", "accession_number": "A1", **values}, modalities, 1, 3)


@pytest.mark.parametrize(
    ("made", "values", "expected"),
    [
        (study(), {}, True),
        (study(accession_number="other"), {}, True),  # the UID says it
        (study("9.9"), {}, True),  # the accession number says it
        (study("9.9", accession_number="other"), {}, False),
        (study("9.9", accession_number=""), {"accession_number": ""}, False),
        (study(patient_id="P2"), {}, False),
        (study(patient_id=""), {}, False),
        (study(issuer_of_patient_id="HERE"), {"issuer_of_patient_id": "THERE"}, False),
        (study(issuer_of_patient_id="HERE"), {}, True),
        (study(patient_id=" P1 "), {}, True),
    ],
)
def test_a_study_is_of_a_record_by_uid_or_accession_and_never_of_another_patient(
    made: Study, values: dict[str, Any], expected: bool
) -> None:
    assert is_study_of(made, record(**values)) is expected


def test_where_one_has_its_uid_an_accession_number_alone_counts_for_nothing() -> None:
    own, other = record(1), record(2, study_instance_uid="4.5.6")
    assert find_records_of(study(), (Patient("P1"),), (own, other)) == [own]


@pytest.mark.parametrize("status", list(Status))
def test_only_what_is_open_is_finished(status: Status) -> None:
    assert is_finished_by(study(), record(status=status)) is (status in (Status.SCHEDULED, Status.STARTED))


def test_images_of_another_modality_finish_nothing() -> None:
    assert is_finished_by(study(modalities=("CT", "PT")), record(modality="PT"))
    assert is_finished_by(study(), record(modality=""))
    assert not is_finished_by(study(modalities=("SR",)), record())
