"""What is seen, changed and sent by REST and by pages stands in the audit trail, with from where."""

from typing import Any

import pytest

from openworklist.domain.audit import Deed, DeedFilter
from players.people import wait_for_lane
from players.site import Site

ORIGIN = {"Origin": "http://testserver"}
ORDER = b"MSH|^~\\&|A|B|||20260311||ORM^O01|1|P|2.3\rPID|1||9||DOE^JIM\rORC|NW|P9\rOBR|1|P9||R9\r"
VALUES = {
    "patient_id": "1",
    "patient_name": "DOE^JANE",
    "requested_procedure_id": "R1",
    "modality": "CT",
    "scheduled_procedure_step_start_date": "20260311",
}
WORKLIST = "/dicomweb/modality-scheduled-procedure-steps"
Ask = tuple[str, str, str, dict[str, Any] | None, str]


@pytest.fixture(scope="module")
def filled(site: Site) -> Site:
    site.receive(ORDER)
    for body in ({"values": VALUES}, {"values": {**VALUES, "patient_id": "2"}}):
        assert site.client("operator").post("/api/v1/records", json=body).status_code == 201
    assert site.client("operator").delete("/api/v1/records/3").status_code == 204
    return site


def find_last(site: Site) -> Deed | None:
    wait_for_lane(site.application.state.desk.database, "audit")
    found = site.application.state.desk.audit.find(DeedFilter(), None, 1)
    return found[0] if found else None


DOCUMENT = {"format": "openworklist-mapping", "version": 1, "name": "mine", "base": "classic"}
MAPPING = {"mapping": DOCUMENT}
SIDES = {"left": {"message": 1}, "right": {"message": 1}}
NODE = {"host": "127.0.0.1", "port": 11112}
SUBSCRIBER = {"host": "127.0.0.1", "port": 2575}
ASKED: list[Ask] = [
    ("viewer", "GET", "/api/v1/records?limit=1", None, "record.list"),
    ("operator", "POST", "/api/v1/records/search", {"text": "id:1"}, "record.list"),
    ("operator", "GET", "/api/v1/deleted-records", None, "record.list"),
    ("viewer", "GET", "/api/v1/records/1", None, "record.view"),
    ("operator", "GET", "/api/v1/records/1/history", None, "record.view"),
    ("administrator", "GET", "/api/v1/records/1/draft", None, "record.view"),
    ("viewer", "GET", "/api/v1/records/export?number=1", None, "record.export"),
    ("viewer", "GET", "/api/v1/messages/1", None, "message.view"),
    ("viewer", "GET", "/api/v1/messages/1/raw", None, "message.download"),
    ("viewer", "GET", WORKLIST, None, "worklist.search"),
    ("viewer", "POST", "/api/v1/compare", SIDES, "message.compare"),
    (
        "viewer", "POST", "/api/v1/compare/page", SIDES,
        "message.compare-export",
    ),
    ("viewer", "POST", "/api/v1/mapping/suggest", {}, "mapping.suggest"),
    ("operator", "POST", "/api/v1/mapping/try", {"mapping": DOCUMENT}, "mapping.try"),
    ("operator", "POST", "/api/v1/messages/process", {"numbers": [1]}, "message.preview"),
    ("administrator", "PUT", "/api/v1/mappings/mine", MAPPING, "mapping.save"),
    ("administrator", "POST", "/api/v1/mappings/mine/restore", {"version": 1}, "mapping.restore"),
    ("administrator", "DELETE", "/api/v1/mappings/mine", None, "mapping.delete"),
    ("administrator", "PATCH", "/api/v1/scanners/CT9", {}, "scanner.change"),
    ("administrator", "DELETE", "/api/v1/scanners/CT9", None, "scanner.delete"),
    ("administrator", "PATCH", "/api/v1/systems/A|B", {}, "system.change"),
    ("administrator", "DELETE", "/api/v1/systems/A|B", None, "system.delete"),
    ("administrator", "PATCH", "/api/v1/nodes/other", NODE, "node.change"),
    ("administrator", "DELETE", "/api/v1/nodes/other", None, "node.delete"),
    ("administrator", "PUT", "/api/v1/subscribers/A|B", SUBSCRIBER, "subscriber.change"),
    ("administrator", "DELETE", "/api/v1/subscribers/A|B", None, "subscriber.delete"),
    ("administrator", "PUT", "/api/v1/options/lock_after", {"value": "20"}, "option.set"),
    ("administrator", "PATCH", "/api/v1/study-uids", {}, "study-uids.save"),
    ("operator", "GET", "/worklist?text=date:all", None, "record.list"),
    ("administrator", "GET", "/records/deleted", None, "record.list"),
    ("viewer", "GET", "/messages/1", None, "message.view"),
]  # fmt: skip


def test_each_of_these_leaves_a_row_with_who_and_from_where(filled: Site) -> None:
    found = {}
    for role, method, path, body, action in ASKED:
        before = find_last(filled)
        headers = {"If-Match": "*"} if method == "PUT" else {}
        answer = filled.client(role).request(method, path, json=body, headers=headers)
        deed = find_last(filled)
        is_new = deed is not None and (before is None or deed.id > before.id)
        told = (deed.actor, deed.action, deed.peer) if deed and is_new else None
        if answer.status_code >= 300 or told != (f"key:{role}", action, "testclient"):
            found[f"{method} {path}"] = answer.status_code, told, answer.text[:200]

    assert found == {}


def test_a_list_names_its_records_and_the_same_list_counts_once(filled: Site) -> None:
    client = filled.client("administrator")
    client.get("/api/v1/records", params={"text": "id:1", "limit": 7})
    first = find_last(filled)
    client.get("/api/v1/records", params={"text": "id:1", "limit": 8})
    again = find_last(filled)

    assert first == again
    assert first
    assert first.detail == "2"


@pytest.mark.parametrize("header", ["X-By-Itself", ""])
def test_what_an_open_page_asks_by_itself_is_not_what_somebody_looked_at(filled: Site, header: str) -> None:
    made = filled.client("operator").post(
        "/api/v1/records", json={"values": {**VALUES, "patient_id": header or "none"}}
    )
    before = find_last(filled)
    filled.client("viewer").get("/worklist?text=date:all", headers={header: "true"} if header else {})

    assert made.status_code == 201
    assert (find_last(filled) == before) is bool(header)


def test_orders_that_are_posted_are_noted_by_whom(filled: Site) -> None:
    wait_for_lane(filled.application.state.desk.database, "audit")
    found = filled.application.state.desk.audit.find(DeedFilter(action="message.post"))

    assert [(each.actor, each.detail) for each in found] == [("key:operator", "HL7")]
