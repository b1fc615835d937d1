"""Studies as people look for them: by what they type, or by the exam that they look at."""

from __future__ import annotations

from typing import Final

from openworklist.domain.arrival import ACCESSION, is_study_of
from openworklist.domain.errors import RequestError
from openworklist.domain.instance import is_stored_uid
from openworklist.domain.record import Record
from openworklist.domain.study import Study, StudyFilter
from openworklist.domain.study_uids import STUDY
from openworklist.services.studies import StoredStudies, Studies
from openworklist.store.study_lists import StudyKey

_LEAST: Final = 2  # letters of a name


def search_studies(studies: Studies, text: str) -> list[Study]:
    """The studies with that UID, patient ID or accession number, or whose patient's name begins so.

    Archives are asked for the UID and the patient ID. Each is there once.
    """
    text = text.strip()
    if not text:
        return []
    found: list[Study] = []
    if "." in text and is_stored_uid(text) and (known := studies.find(text)) is not None:
        found.append(known[0])
    found += studies.find_of_patient(text)
    found += studies.stored.find_studies(StudyFilter(accession_number=text))
    if len(text) >= _LEAST:
        found += studies.stored.find_page(StudyFilter(patient_name=text))[0]
    return list({study.uid: study for study in found}.values())


def find_study_of(stored: StoredStudies, record: Record) -> Study | None:
    """The study of an exam on this server: of its UID, else the newest of its accession number."""
    if uid := record.text(STUDY).strip():
        study = stored.find_study(uid)
        if study is not None and is_study_of(study, record):
            return study
    accession = record.text(ACCESSION).strip()
    found = stored.find_studies(StudyFilter(accession_number=accession)) if accession else []
    return next((study for study in found if is_study_of(study, record)), None)


def read_place(text: str) -> StudyKey | None:
    """Where a page begins, as `write_place` has it; RequestError for what is none."""
    if not text:
        return None
    at, _, number = text.partition("-")
    if not (at.isdecimal() and number.isdecimal()):
        raise RequestError("No page begins there.", where="after", code="request.bad-parameter")
    return StudyKey(int(at), int(number))


def write_place(key: StudyKey | None) -> str:
    return f"{key.received_at}-{key.id}" if key is not None else ""
