"""Records over REST: made once, found again, changed by who has seen them, deleted and brought back."""

from typing import Any

import pytest
from pydicom import Dataset

from players.site import ORDERS, Site, TestClient


def _make(client: TestClient, number: str, key: str = "", **values: str) -> Any:
    given = {
        "patient_id": number,
        "patient_name": "DOE^JANE",
        "requested_procedure_id": f"RP{number}",
        "accession_number": f"A{number}",
        "modality": "CT",
        **values,
    }
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post("/api/v1/records", json={"values": given}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer


def test_a_record_is_made_with_what_scanners_need(operator: TestClient) -> None:
    answer = _make(operator, "100", scheduled_procedure_step_start_date="14.03.2026")

    record = answer.json()
    assert record["values"]["scheduled_procedure_step_start_date"] == "20260314"
    assert record["completed"]["study_instance_uid"].startswith("2.25.")
    assert answer.headers["location"] == f"/api/v1/records/{record['number']}"
    assert operator.get(answer.headers["location"]).headers["etag"] == answer.headers["etag"]


def test_the_same_key_makes_one_record_and_another_request_with_it_none(operator: TestClient) -> None:
    first = _make(operator, "101", key="k1")
    again = _make(operator, "101", key="k1")
    other = operator.post(
        "/api/v1/records",
        json={
            "values": {"patient_id": "102", "patient_name": "ROE^RICHARD", "requested_procedure_id": "RP102"}
        },
        headers={"Idempotency-Key": "k1"},
    )

    assert again.json()["number"] == first.json()["number"]
    assert (other.status_code, other.json()["code"]) == (409, "request.idempotency-conflict")


def test_all_that_is_wrong_with_a_record_is_told_at_once(operator: TestClient) -> None:
    answer = operator.post(
        "/api/v1/records", json={"values": {"patient_birth_date": "never", "modality": "?"}}
    )

    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert {each["where"] for each in problem["errors"]} >= {"patient_birth_date"}


def test_a_record_is_changed_only_by_who_has_seen_it_as_it_is(operator: TestClient) -> None:
    made = _make(operator, "103")
    address = made.headers["location"]
    change = {"values": {"patient_name": "DOE^JOHN"}}

    blind = operator.patch(address, json=change)
    seen = operator.patch(address, json=change, headers={"If-Match": made.headers["etag"]})
    late = operator.patch(
        address, json={"values": {"patient_sex": "F"}}, headers={"If-Match": made.headers["etag"]}
    )

    assert (blind.status_code, blind.json()["code"]) == (428, "request.version-missing")
    assert seen.json()["edited"] == {"patient_name": "DOE^JANE"}
    assert (late.status_code, late.json()["code"]) == (412, "record.changed")
    assert late.json()["record"]["values"]["patient_name"] == "DOE^JOHN"
    assert late.headers["etag"] == seen.headers["etag"]


def test_a_duplicate_is_another_exam_of_the_same_patient(operator: TestClient) -> None:
    made = _make(operator, "104").json()

    draft = operator.get(f"/api/v1/records/{made['number']}/draft").json()["values"]
    again = operator.post(
        f"/api/v1/records/{made['number']}/duplicate", json={"values": {"accession_number": "A104b"}}
    )

    assert "accession_number" not in draft
    assert again.status_code == 201
    assert again.json()["values"]["accession_number"] == "A104b"
    assert again.json()["values"]["patient_id"] == "104"


def test_what_was_deleted_is_listed_and_comes_back(operator: TestClient) -> None:
    number = _make(operator, "105").json()["number"]

    assert operator.delete(f"/api/v1/records/{number}").status_code == 204
    assert operator.get(f"/api/v1/records/{number}").status_code == 404
    assert operator.get("/api/v1/deleted-records").json()[0]["record"]["number"] == number
    assert operator.post(f"/api/v1/deleted-records/{number}/restore").json()["number"] == number
    assert [each["kind"] for each in operator.get(f"/api/v1/records/{number}/history").json()] == [
        "create",
        "delete",
        "restore",
    ]


def test_if_one_of_several_is_not_there_none_is_deleted(operator: TestClient) -> None:
    number = _make(operator, "106").json()["number"]

    answer = operator.post("/api/v1/records/delete", json={"numbers": [number, 10**9]})

    assert answer.status_code == 404
    assert operator.get(f"/api/v1/records/{number}").status_code == 200


def test_pages_lead_to_every_record_once_and_back(operator: TestClient) -> None:
    for each in range(7):
        _make(operator, f"20{each}", patient_name=f"PAGER^{each}")
    asked = {"patient_name": "pager", "sort": "patient_id", "limit": 3}

    pages, after = [], ""
    while True:
        page = operator.get("/api/v1/records", params={**asked, "after": after}).json()
        pages.append([each["values"]["patient_id"] for each in page["records"]])
        assert page["total"] == 7
        if page["next"] is None:
            break
        after = page["next"]
    back = operator.get("/api/v1/records", params={**asked, "after": page["previous"]}).json()

    assert pages == [["200", "201", "202"], ["203", "204", "205"], ["206"]]
    assert [each["values"]["patient_id"] for each in back["records"]] == ["203", "204", "205"]


@pytest.mark.parametrize(
    "asked",
    [
        {"text": "gramma mod:MR"},
        {"patient_name": "gramma", "modality": "mr"},
        {"text": "gramma", "modality": "MR"},
    ],
)
def test_the_box_and_its_fields_find_the_same_by_get_and_by_post(operator: TestClient, asked: Any) -> None:
    found = operator.post("/api/v1/records/search", json={"text": "gramma"}).json()["total"]
    if not found:
        _make(operator, "300", patient_name="GRAMMA^TIC", modality="MR")
        _make(operator, "301", patient_name="GRAMMA^TIC", modality="CT")

    got = operator.get("/api/v1/records", params=asked).json()
    posted = operator.post("/api/v1/records/search", json=asked).json()

    assert [each["values"]["patient_id"] for each in got["records"]] == ["300"]
    assert posted == got


def test_a_misspelled_filter_does_not_find_everything(viewer: TestClient) -> None:
    answer = viewer.get("/api/v1/records?modalty=CT")

    assert (answer.status_code, answer.json()["code"]) == (422, "request.unknown-parameter")
    assert answer.json()["where"] == "modalty"


def test_an_exported_order_makes_the_same_record_anew(site: Site, operator: TestClient) -> None:
    made = _make(operator, "400", scheduled_procedure_step_start_date="2026-03-14").json()
    number = made["number"]

    exported = operator.get(f"/api/v1/records/export?number={number}")
    operator.delete(f"/api/v1/records/{number}")
    told = site.receive(exported.content)

    found = operator.get("/api/v1/records?accession_number=A400").json()["records"]
    assert exported.headers["content-type"] == "application/hl7-v2"
    assert (told["outcome"], told["code"]) == ("applied", "")
    assert "MSA|AA" in told["acknowledgement"]
    assert {name: found[0]["values"][name] for name in made["values"]} == made["values"]


def test_pydicom_reads_what_is_exported_as_dicom(operator: TestClient) -> None:
    number = _make(operator, "401", patient_name="Müller^Jörg").json()["number"]

    answer = operator.get(f"/api/v1/records/export?number={number}&format=dicom")

    dataset = Dataset.from_json(answer.json()[0])
    assert answer.headers["content-type"] == "application/dicom+json"
    assert str(dataset.PatientName) == "Müller^Jörg"
    assert dataset.SpecificCharacterSet == "ISO_IR 192"  # who stores it needs that
    assert dataset.ScheduledProcedureStepSequence[0].Modality == "CT"


def test_a_file_of_orders_is_taken_and_taken_again_changes_nothing(operator: TestClient) -> None:
    raw = b"".join(file.read_bytes() for file in ORDERS[:3])
    headers = {"Content-Type": "application/hl7-v2"}

    first = operator.post("/api/v1/files?name=orders.hl7", content=raw, headers=headers).json()
    again = operator.post("/api/v1/files?name=orders.hl7", content=raw, headers=headers).json()

    assert first["messages"] == again["messages"] > 0
    assert again["outcomes"].get("applied", 0) == 0


def test_an_acknowledgement_comes_as_hl7_to_who_wants_that(operator: TestClient) -> None:
    raw = b"MSH|^~\\&|A|B|C|D|20260314||ORM^O01|X1|P|2.5\rPID|1\r"
    headers = {"Content-Type": "application/hl7-v2", "Accept": "application/hl7-v2"}

    answer = operator.post("/api/v1/messages", content=raw, headers=headers)

    assert answer.headers["content-type"] == "application/hl7-v2"
    assert b"MSA|AR|X1" in answer.content


def test_what_is_sent_waits_in_the_queue_and_can_be_dropped(operator: TestClient) -> None:
    number = _make(operator, "402").json()["number"]

    sent = operator.post(
        "/api/v1/records/send", json={"numbers": [number], "host": "192.0.2.1", "port": 2575}
    )

    (message,) = sent.json()["messages"]
    assert sent.status_code == 202
    assert "PID" in operator.get(f"/api/v1/outbound/{message}").json()["text"]


def test_a_search_that_takes_too_long_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"MOMENT": 0.0, "LONGEST": 0.0, "_STEPS": 1}.items():
        monkeypatch.setattr(f"openworklist.store.sqlite.{name}", value)
    client = site.client("viewer")
    answer = client.get("/api/v1/records", params={"text": "sex:f"})
    page = client.get("/worklist", params={"text": "sex:f"})
    total = client.get("/worklist/total", params={"text": "sex:f"})

    assert (answer.status_code, answer.json()["code"]) == (503, "search.too-slow")
    assert page.status_code == 503
    assert "This search takes too long." in page.text
    assert 'value="sex:f"' in page.text  # it can be narrowed where it stands
    assert "too many exams to count" in total.text
