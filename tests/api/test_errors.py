"""Whatever goes wrong is told as a problem with a code (RFC 9457)."""

from typing import Any

import pytest

from players.site import Site, TestClient

_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "given", "status", "code"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "request.not-found"),
        ("GET", "/api/v1/records/999999", {}, 404, "record.not-found"),
        ("PUT", "/api/v1/records", {}, 405, "request.method-not-allowed"),
        ("GET", "/api/v1/records", {"headers": {"Accept": "image/png"}}, 406, "request.not-acceptable"),
        ("POST", "/api/v1/records", {"content": b"{", "headers": _JSON}, 400, "request.unreadable"),
        ("POST", "/api/v1/records", {"data": {"a": "b"}}, 415, "request.unsupported-media"),
        ("POST", "/api/v1/records", {"json": {"valves": {}}}, 422, "request.invalid"),
        ("POST", "/api/v1/records", {"json": {"values": {"patient_id": "a\0b"}}}, 422, "request.invalid"),
        ("GET", "/api/v1/records?limit=1_0", {}, 422, "request.invalid"),
        ("GET", "/api/v1/records?text=date:never", {}, 422, "search.value-unfit"),
        ("GET", "/dicomweb/modality-scheduled-procedure-steps?Nonsense=1", {}, 400, "request.bad-parameter"),
    ],
)
def test_it_is_a_problem(
    operator: TestClient, method: str, path: str, given: dict[str, Any], status: int, code: str
) -> None:
    answer = operator.request(method, path, **given)

    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["status"] == status
    assert answer.json()["title"]


def test_what_may_be_done_instead_is_told(operator: TestClient) -> None:
    assert operator.put("/api/v1/records/1").headers["allow"] == "DELETE, GET, HEAD, PATCH"


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_a_link_of_a_study_can_only_be_read(site: Site, method: str) -> None:
    answer = site.client().request(method, f"/studies/by-token/{'x' * 64}")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert "The study cannot be shown" in answer.text
    assert "/login" not in answer.text


def test_a_body_that_is_too_large_is_not_read(operator: TestClient) -> None:
    answer = operator.post("/api/v1/files", content=b"x" * (33 << 20), headers={"Content-Type": "text/plain"})

    assert (answer.status_code, answer.json()["code"]) == (413, "request.too-large")


@pytest.mark.parametrize("key", ["", "ow_wrong", "revoked"])
def test_a_stranger_is_told_nothing_else(site: Site, key: str) -> None:
    secret = site.keys.get(key, key)
    headers = {"Authorization": f"Bearer {secret}"} if key else {}

    answer = site.client().get("/api/v1/records?nonsense=1", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "access.unknown")
    assert answer.headers["www-authenticate"] == 'Bearer realm="OpenWorklist"'


@pytest.mark.parametrize("path", ["/livez", "/worklist", "/api/v1/records", "/events", "/static/mark.svg"])
def test_a_head_is_that_of_what_get_shows(site: Site, path: str) -> None:
    answer = site.client("viewer").head(path)

    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-security-policy" in answer.headers
    assert site.client().head("/api/v1/records").status_code == 401


def test_a_change_of_a_user_is_made_whole_or_not_at_all(site: Site, administrator: TestClient) -> None:
    for name, role in (("root", "administrator"), ("mia", "viewer")):
        made = administrator.post(
            "/api/v1/users", json={"name": name, "role": role, "password": "tulips and trains 9"}
        )
        assert made.status_code == 201

    answer = administrator.patch("/api/v1/users/mia", json={"role": "operator", "password": "short"})

    assert answer.status_code == 422
    assert administrator.get("/api/v1/users/mia").json()["role"] == "viewer"
