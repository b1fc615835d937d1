"""Which records a study is of: by its UID, else by its accession number; never another patient's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from openworklist.domain.fulfilment import goes_by
from openworklist.domain.patient import Patient, patient_of
from openworklist.domain.record import Record, Status
from openworklist.domain.shortening import is_same
from openworklist.domain.study import Study
from openworklist.domain.study_uids import STUDY

ACCESSION: Final = "accession_number"
_MODALITY: Final = "modality"
_OPEN: Final = frozenset((Status.SCHEDULED, Status.STARTED))


def patient_of_study(study: Study) -> Patient:
    return Patient(study.values.get("patient_id", "").strip(), study.values.get("issuer_of_patient_id", ""))


def find_records_of(study: Study, patients: Sequence[Patient], candidates: Iterable[Record]) -> list[Record]:
    """The records that a study fulfils. `patients` are the IDs that its patient goes by.

    Where one has its study UID, those alone that have it.
    """
    theirs = [record for record in candidates if goes_by(patient_of(record.values), patients)]
    named = [record for record in theirs if record.text(STUDY) == study.uid]
    accession = study.values.get(ACCESSION, "").strip()
    return named or [
        record for record in theirs if accession and is_same(accession, record.text(ACCESSION).strip())
    ]


def is_study_of(study: Study, record: Record) -> bool:
    """Whether a study is of a record, as far as both say; a study without patient is of nobody's."""
    return bool(find_records_of(study, (patient_of_study(study),), (record,)))


def is_finished_by(study: Study, record: Record) -> bool:
    """Whether its images are what a record still waited for: those of its modality, where it has one."""
    modality = record.text(_MODALITY).strip()
    return record.status in _OPEN and (not modality or modality in study.modalities)
