"""Studies as people look for them, on each database."""

import pytest

from openworklist.domain.errors import RequestError
from openworklist.domain.record import Record
from openworklist.domain.study import StudyFilter
from openworklist.services.studies import StoredStudies, Studies
from openworklist.services.study_finding import find_study_of, read_place, search_studies, write_place
from openworklist.store.database import Database
from players.study_index import store


@pytest.fixture
def studies(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Studies:
    store(database, "1.1", many=2)
    store(database, "1.1", series="1.1.9", modality="SR")
    store(database, "1.2", accession_number="A2", patient_name="Döring^Åsa", study_date="20260315")
    store(database, "1.3", patient_id="P2", patient_name="ДОБРЫЙ^Иван", accession_number="A3", at=5)
    return Studies(StoredStudies(database, tmp_path_factory.mktemp("studies")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2", ["1.2"]),
        (" P1 ", ["1.2", "1.1"]),
        ("p1", []),
        ("A3", ["1.3"]),
        ("doe", ["1.1"]),
        ("DÖRING^å", ["1.2"]),
        ("добр", ["1.3"]),
        ("d", []),
        ("P", []),
        ("", []),
        ("%", []),
        ("do", ["1.1"]),
        ("'; DROP TABLE studies; --", []),
        ("\\", []),
    ],
)
def test_ids_are_whole_and_names_begin_so(studies: Studies, text: str, expected: list[str]) -> None:
    assert [study.uid for study in search_studies(studies, text)] == expected


def test_a_study_says_what_is_in_it(studies: Studies) -> None:
    study, _ = studies.get("1.1")
    assert (study.modalities, study.series, study.instances) == (("CT", "SR"), 2, 3)
    assert [each.instances for each in studies.stored.list_series("1.1")] == [2, 1]


def test_pages_follow_each_other(studies: Studies) -> None:
    found, at, pages = [], None, 0
    while True:
        page, at = studies.stored.find_page(StudyFilter(), read_place(write_place(at)), 1)
        found += [study.uid for study in page]
        pages += 1
        if at is None:
            break
    assert (found, pages) == (["1.2", "1.1", "1.3"], 3)


@pytest.mark.parametrize("text", ["x", "1-", "-", "1-2-3", "-1-2"])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        read_place(text)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"patient_id": "P1", "study_instance_uid": "1.2"}, "1.2"),
        ({"patient_id": "P1", "study_instance_uid": "9.9", "accession_number": "A1"}, "1.1"),
        ({"patient_id": "P2", "study_instance_uid": "1.2"}, None),
        ({"patient_id": "P2", "accession_number": "A3"}, "1.3"),
        ({"patient_id": "P1"}, None),
    ],
)
def test_an_exam_leads_to_its_study(studies: Studies, values: dict[str, str], expected: str | None) -> None:
    found = find_study_of(studies.stored, Record(values))
    assert (found.uid if found else None) == expected
