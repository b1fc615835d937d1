"""What is set up over REST: mappings with their versions, options, scanners and all the others."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from players.site import TestClient

_V1 = "/api/v1"


def test_a_mapping_is_stored_by_who_has_seen_the_last_one_and_brought_back(administrator: TestClient) -> None:
    document = administrator.get(f"{_V1}/mappings/classic").json()

    blind = administrator.put(f"{_V1}/mappings/ours", json={"mapping": document})
    first = administrator.put(
        f"{_V1}/mappings/ours", json={"mapping": document, "note": "begin"}, headers={"If-Match": '"0"'}
    )
    late = administrator.put(f"{_V1}/mappings/ours", json={"mapping": document}, headers={"If-Match": '"0"'})
    restored = administrator.post(f"{_V1}/mappings/ours/restore", json={"version": 1})

    versions = administrator.get(f"{_V1}/mappings/ours/versions").json()
    assert blind.status_code == 428
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert (late.status_code, late.json()["code"]) == (412, "request.version-changed")
    assert restored.status_code == 200
    assert [each["note"] for each in versions] == ["begin", "version 1 brought back"]
    assert administrator.delete(f"{_V1}/mappings/ours").status_code == 204


def test_of_many_who_change_what_they_have_seen_one_does(administrator: TestClient) -> None:
    document = administrator.get(f"{_V1}/mappings/classic").json()

    def put(number: int) -> int:
        body = {"mapping": document, "note": str(number)}
        return administrator.put(f"{_V1}/mappings/many", json=body, headers={"If-Match": '"0"'}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(put, range(8)))

    assert sorted(statuses) == [200] + 7 * [412]
    assert len(administrator.get(f"{_V1}/mappings/many/versions").json()) == 1


def test_a_message_is_explained_place_by_place(viewer: TestClient) -> None:
    message = "MSH|^~\\&|RIS|H|||20260314||ORM^O01|1|P|2.5\rPID|||P1||DOE^JANE\rORC|NW|1\rOBR|1|1||X^Head\r"

    (found,) = viewer.post(f"{_V1}/mapping/explain", json={"message": message, "profile": "classic"}).json()

    told = {each["attribute"]: each["value"] for each in found["orders"][0]["attributes"]}
    assert told["patient_id"] == "P1"


def test_an_option_is_changed_and_is_as_it_was_again(administrator: TestClient) -> None:
    before = administrator.get(f"{_V1}/options/unknown_scanners").json()

    changed = administrator.put(f"{_V1}/options/unknown_scanners", json={"value": "refuse"}).json()
    wrong = administrator.put(f"{_V1}/options/unknown_scanners", json={"value": "maybe"})
    reset = administrator.put(f"{_V1}/options/unknown_scanners", json={"value": None}).json()

    assert (before["value"], before["choices"]) == ("serve", ["serve", "refuse"])
    assert (changed["value"], changed["origin"]) == ("refuse", "site")
    assert (wrong.status_code, wrong.json()["where"]) == (422, "unknown_scanners")
    assert reset == before


def test_a_scanner_is_set_up_and_an_empty_status_is_none(administrator: TestClient) -> None:
    changed = administrator.patch(
        f"{_V1}/scanners/CT1", json={"modalities": ["CT"], "shown_statuses": ["", "completed"]}
    ).json()

    assert (changed["modalities"], changed["shown_statuses"]) == (["CT"], ["COMPLETED"])
    assert administrator.get(f"{_V1}/scanners/CT1/sees").json() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/systems/RIS%7CHOSPITAL", {"charset": "8859/1"}),
        ("/nodes/other", {"host": "192.0.2.1", "port": 104}),
    ],
)
def test_systems_and_nodes_are_changed_in_part_and_forgotten(
    administrator: TestClient, path: str, body: dict[str, Any]
) -> None:
    changed = administrator.patch(f"{_V1}{path}", json=body)

    assert changed.status_code == 200
    assert body.items() <= changed.json().items()
    assert len(administrator.get(f"{_V1}{path}/versions").json()) == 1
    assert administrator.delete(f"{_V1}{path}").status_code == 204
    assert administrator.get(f"{_V1}{path}").status_code == 404


def test_a_key_works_until_it_is_revoked(administrator: TestClient) -> None:
    made = administrator.post(f"{_V1}/keys", json={"name": "script", "role": "viewer"}).json()
    headers = {"Authorization": f"Bearer {made['secret']}"}

    assert administrator.get(f"{_V1}/me", headers=headers).json()["role"] == "viewer"
    assert administrator.delete(f"{_V1}/keys/script").status_code == 204
    assert administrator.get(f"{_V1}/me", headers=headers).status_code == 401
    assert all("secret" not in each for each in administrator.get(f"{_V1}/keys").json())


def test_who_saw_and_changed_what_is_in_the_audit_trail(administrator: TestClient) -> None:
    administrator.put(f"{_V1}/options/answer_limit", json={"value": 5})
    administrator.post(
        f"{_V1}/users", json={"name": "ann", "role": "administrator", "password": "four words it is"}
    )

    deeds = administrator.get(f"{_V1}/audit?action=user.").json()["deeds"]

    assert [(each["action"], each["subject_id"]) for each in deeds] == [("user.add", "ann")]


def test_two_messages_are_compared_and_the_page_of_it_is_harmless(viewer: TestClient) -> None:
    left = "MSH|^~\\&|A|B|||20260314||ORM^O01|1|P|2.5\rPID|||1||DOE^JANE\r"
    pair = {"left": {"text": left}, "right": {"text": left.replace("JANE", "<script>")}}

    assert viewer.post(f"{_V1}/compare", json=pair).json()["same"] is False
    assert "<script>alert" not in viewer.post(f"{_V1}/compare/page", json=pair).text
    assert "DOE^<script>" not in viewer.post(f"{_V1}/compare/page", json=pair).text
