from typing import Any

import pytest

from openworklist.dicom.study_keys import is_match, read_keys
from openworklist.domain.errors import RequestError

STUDY: dict[str, Any] = {
    "00080020": {"vr": "DA", "Value": ["20260314"]},
    "00080030": {"vr": "TM", "Value": ["101530"]},
    "00080050": {"vr": "SH", "Value": ["A1"]},
    "00080061": {"vr": "CS", "Value": ["CT", "SR"]},
    "00081030": {"vr": "LO"},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Doe^Jane"}]},
    "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
    "00201206": {"vr": "IS", "Value": [2]},
}


def _is_found(query: dict[str, str]) -> bool:
    return is_match(STUDY, read_keys(query.items(), frozenset({"limit"})))


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"PatientName": "doe^j*"},
        {"00100010": "DOE*"},
        {"AccessionNumber": "A?"},
        {"StudyDate": "20260314"},
        {"StudyDate": "20260101-20261231"},
        {"StudyDate": "-20260314"},
        {"StudyTime": "10"},
        {"StudyTime": "1015-"},
        {"StudyTime": "101530-101530"},
        {"StudyInstanceUID": "1.2.4,1.2.3"},
        {"0020000d": "1.2.3"},
        {"ModalitiesInStudy": "SR"},
        {"NumberOfStudyRelatedSeries": "02"},
        {"StudyDescription": ""},
        {"limit": "1", "unheardof": "x", "PatientComments": "x"},
    ],
)
def test_what_fits_is_found(query: dict[str, str]) -> None:
    assert _is_found(query)


@pytest.mark.parametrize(
    "query",
    [
        {"PatientName": "Smith*"},
        {"AccessionNumber": "a1"},
        {"StudyDate": "20260315-"},
        {"StudyTime": "1014"},
        {"StudyTime": "-1014"},
        {"StudyInstanceUID": "1.2.*"},
        {"ModalitiesInStudy": "MR"},
        {"NumberOfStudyRelatedSeries": "20"},
        {"StudyDescription": "*Head"},
    ],
)
def test_what_does_not_fit_is_not_found(query: dict[str, str]) -> None:
    assert not _is_found(query)


@pytest.mark.parametrize(
    "pairs",
    [
        [("Modality", "CT"), ("00080060", "MR")],
        [("StudyDate", "2026")],
        [("StudyTime", "later")],
        [("PatientID", "\0")],
        [("PatientID", "x" * 3_000)],
    ],
)
def test_what_would_find_the_wrong_studies_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(RequestError):
        read_keys(pairs, frozenset())
