"""The worklist of DICOM's web services (PS3.18 section 14) answers as the DICOM port does."""

from email import message_from_bytes
from typing import Any
from xml.etree import ElementTree

import pytest
from pydicom import Dataset

from players.site import Site, TestClient

_PATH = "/dicomweb/modality-scheduled-procedure-steps"
_XML = "application/dicom+xml"
_STEP = "ScheduledProcedureStepSequence"


@pytest.fixture(scope="module")
def filled(site: Site) -> Site:
    for number, modality, name in (
        ("1", "CT", "DOE^JANE"),
        ("2", "MR", "DOE^JOHN"),
        ("3", "CT", "Ωmega^Ann"),
    ):
        values = {
            "patient_id": number,
            "patient_name": name,
            "requested_procedure_id": f"R{number}",
            "modality": modality,
            "scheduled_procedure_step_start_date": f"2026031{number}",
        }
        made = site.client("operator").post("/api/v1/records", json={"values": values})
        assert made.status_code == 201
    return site


def _search(client: TestClient, **match: str) -> Any:
    answer = client.get(_PATH, params=match)
    assert answer.status_code == 200, answer.text
    return answer


def _names(client: TestClient, **match: str) -> list[str]:
    return [str(Dataset.from_json(each).PatientName) for each in _search(client, **match).json()]


@pytest.mark.parametrize(
    "match",
    [
        {f"{_STEP}.Modality": "MR"},
        {"00400100.00080060": "MR"},
        {"Modality": "MR"},
        {"PatientName": "doe^jo*"},
        {"00100020": "2"},
        {f"{_STEP}.ScheduledProcedureStepStartDate": "20260312-20260312"},
    ],
)
def test_attributes_are_matched_by_keyword_and_by_tag(filled: Site, match: dict[str, str]) -> None:
    assert _names(filled.client("viewer"), **match) == ["DOE^JOHN"]


def test_answers_are_dicom_json_in_unicode_with_what_k6_1_always_has(filled: Site) -> None:
    answer = _search(filled.client("viewer"), PatientID="3")

    dataset = Dataset.from_json(answer.json()[0])
    assert answer.headers["content-type"] == "application/dicom+json"
    assert (str(dataset.PatientName), dataset.SpecificCharacterSet) == ("Ωmega^Ann", "ISO_IR 192")
    assert dataset[_STEP][0].Modality == "CT"
    assert "StudyInstanceUID" in dataset
    assert "PatientMotherBirthName" not in dataset


def test_more_attributes_come_when_they_are_asked_for(filled: Site) -> None:
    client = filled.client("viewer")

    one = Dataset.from_json(_search(client, PatientID="1", includefield="PatientMotherBirthName").json()[0])
    every = Dataset.from_json(_search(client, PatientID="1", includefield="all").json()[0])

    assert "PatientMotherBirthName" in one
    assert len(every) > len(one)


def test_a_page_says_that_there_is_more(filled: Site) -> None:
    first = _search(filled.client("viewer"), limit="2")
    rest = _search(filled.client("viewer"), limit="2", offset="2")

    assert len(first.json()) == 2
    assert "additional results" in first.headers["warning"]
    assert len(rest.json()) == 1
    assert "warning" not in rest.headers


def test_a_scanner_that_is_named_gets_what_its_rules_give_it(filled: Site) -> None:
    administrator = filled.client("administrator")
    administrator.patch("/api/v1/scanners/CT1", json={"shown_statuses": ["COMPLETED"]})
    administrator.patch("/api/v1/scanners/GONE", json={"is_refused": True})

    assert _names(filled.client("viewer"), scanner="CT1") == []
    assert filled.client("viewer").get(_PATH, params={"scanner": "GONE"}).status_code == 403


def test_a_stranger_gets_no_worklist(filled: Site) -> None:
    assert filled.client().get(_PATH).status_code == 401


@pytest.mark.parametrize(
    "accept",
    ['multipart/related; type="application/dicom+xml"', "application/dicom+xml", "multipart/related"],
)
def test_who_accepts_xml_gets_a_part_for_each_step(filled: Site, accept: str) -> None:
    answer = filled.client("viewer").get(_PATH, headers={"Accept": accept})

    media = answer.headers["content-type"]
    parts = message_from_bytes(f"Content-Type: {media}\r\n\r\n".encode() + answer.content).get_payload()
    documents = [ElementTree.fromstring(part.get_payload(decode=True)) for part in parts]  # type: ignore[union-attr,arg-type]
    names = [
        "".join(each.itertext())
        for document in documents
        for each in document
        if each.attrib["tag"] == "00100010"
    ]
    assert media.startswith('multipart/related; type="application/dicom+xml"; boundary=')
    assert [part.get_content_type() for part in parts] == ["application/dicom+xml"] * 3  # type: ignore[union-attr]
    assert names == ["DOEJANE", "DOEJOHN", "ΩmegaAnn"]


@pytest.mark.parametrize(
    "query",
    [
        "Modality=CT&Modality=MR",
        "PatientID=1&00100020=2",
        f"Modality=CT&{_STEP}.Modality=MR",
        "00400100=1",
        "PatientBirthDate=never",
        "limit=0",
        "emptyvaluematching=true",
    ],
)
def test_what_would_find_the_wrong_steps_is_refused(filled: Site, query: str) -> None:
    answer = filled.client("viewer").get(f"{_PATH}?{query}")

    assert (answer.status_code, answer.json()["status"]) == (400, 400)
