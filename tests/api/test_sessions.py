"""Sessions of people: what is a deed and what a page does by itself, and how a locked one goes on."""

from collections.abc import Iterator
from typing import Any

import pytest

from openworklist.domain.role import Role
from openworklist.web.session_cookie import COOKIE
from players.site import Site, TestClient

PASSWORD = "tulips and trains 9"
ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture(scope="module", autouse=True)
def user(site: Site) -> None:
    site.server.people.users.add("root", Role.ADMINISTRATOR, "herring in summer 4", "test")
    site.server.people.users.add("anna", Role.VIEWER, PASSWORD, "test")


@pytest.fixture
def anna(site: Site) -> Iterator[TestClient]:
    """A browser in which she is logged in."""
    client = site.client()
    assert log_in(client).headers["location"] == "/worklist"
    yield client
    client.post("/logout", headers=ORIGIN)


def log_in(client: TestClient, password: str = PASSWORD, next: str = "/worklist") -> Any:
    form = {"name": "Anna", "password": password, "next": next}
    return client.post("/login", data=form, headers=ORIGIN, follow_redirects=False)


def find_seen(site: Site) -> int:
    (session,) = site.server.people.find_sessions("anna")
    return session.seen_at


def test_a_page_that_is_asked_for_keeps_the_session_from_being_locked(site: Site, anna: TestClient) -> None:
    before = find_seen(site)
    assert anna.get("/dashboard").status_code == 200
    assert find_seen(site) > before


def test_what_an_open_page_asks_by_itself_does_not(site: Site, anna: TestClient) -> None:
    before = find_seen(site)
    assert anna.get("/dashboard", headers={"X-By-Itself": "true"}).status_code == 200
    assert anna.get("/worklist", headers={"Accept": "text/event-stream"}).status_code == 200
    assert find_seen(site) == before


def test_a_locked_session_goes_on_where_it_was(site: Site, anna: TestClient) -> None:
    token = anna.cookies[COOKIE]
    anna.post("/lock", headers=ORIGIN, follow_redirects=False)
    turned = anna.get("/records/deleted", follow_redirects=False)
    assert turned.headers["location"] == "/login?next=/records/deleted"
    assert "Locked" in anna.get("/login").text
    assert log_in(anna, "another word 5").status_code == 401
    assert log_in(anna, next="/records/deleted").headers["location"] == "/records/deleted"
    assert anna.cookies[COOKIE] == token
    assert len(site.server.people.find_sessions("anna")) == 1


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_login_never_leads_to_another_site(anna: TestClient, next: str) -> None:
    anna.post("/logout", headers=ORIGIN, follow_redirects=False)
    assert log_in(anna, next=next).headers["location"] == "/worklist"


@pytest.mark.parametrize(("scheme", "is_secure"), [("http", False), ("https", True)])
def test_where_tls_is_in_front_the_cookie_goes_nowhere_without_it(
    site: Site, scheme: str, is_secure: bool
) -> None:
    client = site.client()
    client.base_url = f"{scheme}://testserver"
    form = {"name": "anna", "password": PASSWORD}
    answer = client.post(
        "/login", data=form, headers={"Origin": f"{scheme}://testserver"}, follow_redirects=False
    )
    site.server.people.end_sessions("anna", "test")
    assert ("secure" in answer.headers["set-cookie"].lower().split("; ")) is is_secure


def test_what_is_no_key_is_not_made_up_for_by_a_cookie(anna: TestClient) -> None:
    assert anna.get("/api/v1/me").status_code == 200
    for text in ("x", "", "Basic YW5uYTpi", "Bearer"):
        assert anna.get("/api/v1/me", headers={"Authorization": text}).status_code == 401


def test_who_logs_in_anew_leaves_no_session_behind(site: Site, anna: TestClient) -> None:
    before = anna.cookies[COOKIE]
    assert log_in(anna).status_code == 303

    assert anna.cookies[COOKIE] != before
    assert len(site.server.people.find_sessions("anna")) == 1
