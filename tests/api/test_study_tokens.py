"""Tokens by REST, and what opens with one: who may, what is answered, and that guesses are slowed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from openworklist.domain.audit import DeedFilter
from openworklist.domain.instance import Instance
from openworklist.store.studies import add_instance
from openworklist.web.slowed_guesses import SlowedGuesses
from openworklist.web.token_holders import PREFIX, Holder
from players.people import wait_for_lane
from players.site import Site

UID = "1.2.826.0.1.3680043.8.498.81"
TOKEN_PATH = f"/api/v1/studies/{UID}/token"


@pytest.fixture(scope="module", autouse=True)
def study(site: Site) -> None:
    values = {"patient_id": "P1", "study_date": "20260314"}
    instance = Instance(UID, f"{UID}.1", f"{UID}.1.1", "1.2", "1.2", values, 1, "CT01", "", 1)
    site.application.state.desk.database.write(lambda it: add_instance(it, instance, "file"))


@pytest.fixture
def waits(site: Site) -> Iterator[list[float]]:
    """For how many seconds each guesser was to wait; none does."""
    asked: list[float] = []

    async def sleep(seconds: float) -> None:
        asked.append(seconds)

    state, before = site.application.state, site.application.state.desk
    state.desk = replace(before, slowed_guesses=SlowedGuesses(sleep))
    yield asked
    state.desk = before


@pytest.fixture
def door(site: Site) -> Iterator[FastAPI]:
    """The application with a route of ours behind a token."""

    async def show(holder: Holder) -> dict[str, str]:
        return {"study": holder.study.uid}

    routes = site.application.router.routes
    before = list(routes)
    site.application.get(PREFIX + "/uid-alone", include_in_schema=False)(show)
    yield site.application
    routes[:] = before


def deeds(site: Site, action: str) -> list[str]:
    desk = site.application.state.desk
    wait_for_lane(desk.database, "audit")
    return [each.actor for each in desk.audit.find(DeedFilter(action=action))]


def test_a_token_is_given_listed_and_revoked(site: Site) -> None:
    operator = site.client("operator")
    given = operator.post(TOKEN_PATH)
    assert given.status_code == 200
    assert given.headers["cache-control"] == "no-store"
    token = given.json()["token"]
    assert given.json() == {"study_uid": UID, "token": token}
    assert operator.post(TOKEN_PATH).json()["token"] == token
    listed = operator.get("/api/v1/study-tokens")
    assert [each["study_uid"] for each in listed.json()["study_tokens"]] == [UID]
    assert listed.json()["next"] is None
    assert token not in listed.text
    assert operator.delete(TOKEN_PATH).status_code == 204
    assert operator.delete(TOKEN_PATH).json()["code"] == "study-token.not-found"
    assert operator.get("/api/v1/study-tokens").json()["study_tokens"] == []
    revoked = operator.get("/api/v1/study-tokens?revoked=true&limit=1").json()
    assert revoked["study_tokens"][0]["revoked_at"]
    assert operator.post(TOKEN_PATH).json()["token"] != token
    assert operator.post("/api/v1/studies/1.2.3/token").json()["code"] == "study.not-found"
    assert "key:operator" in deeds(site, "study-token.show")
    assert "key:operator" in deeds(site, "study-token.make")
    assert "key:operator" in deeds(site, "study-token.revoke")


def test_a_viewer_gets_no_token(site: Site) -> None:
    viewer = site.client("viewer")
    answers = [viewer.post(TOKEN_PATH), viewer.delete(TOKEN_PATH), viewer.get("/api/v1/study-tokens")]
    assert [each.status_code for each in answers] == [403, 403, 403]


def test_who_has_a_token_is_let_in_and_guessers_wait(site: Site, door: FastAPI, waits: list[float]) -> None:
    token = site.client("operator").post(TOKEN_PATH).json()["token"]
    stranger = TestClient(door)

    def come(text: str) -> tuple[int, str, str]:
        answer = stranger.get(f"/studies/by-token/{text}/uid-alone")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        return answer.status_code, answer.headers.get("retry-after", ""), answer.text

    assert come(token)[::2] == (200, f'{{"study":"{UID}"}}')
    answers = [come(f"{number:064}")[:2] for number in range(30)]
    assert answers[:20] == [(404, "")] * 20
    assert {status for status, _ in answers[20:]} <= {404, 429}
    assert (429, "1") in answers
    assert waits == [float(after) for status, after in answers if status == 429]
    assert come(token)[0] == 200
    metrics = site.application.state.desk.metrics
    assert metrics.get("token_guesses") == 30
    assert metrics.get("token_uses") == 2
    assert deeds(site, "study-token.use") == ["token"]
    assert deeds(site, "study-token.guess") == ["token"]
