"""The pages of users, keys, the audit trail and the account, asked without a browser."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest

from openworklist.domain.audit import Deed
from openworklist.domain.role import Role
from openworklist.domain.user import User
from openworklist.store.audit import insert_deed
from openworklist.store.users import insert_user
from players.people import wait_for_lane
from players.site import Site, TestClient, run_site

PASSWORD = "tulips and trains 9"
HOSTILE = '<script>alert("name")</script>\u202egnp.exe'
ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture(scope="module", autouse=True)
def users(site: Site) -> None:
    """Two administrators, and one whose name no form would take."""
    people, database = site.server.people, site.application.state.desk.database
    people.users.add("root", Role.ADMINISTRATOR, PASSWORD, "test")
    people.users.add("second", Role.ADMINISTRATOR, PASSWORD, "test")
    database.write(lambda connection: insert_user(connection, User(HOSTILE, Role.VIEWER), ""))
    deed = Deed(1, f"user:{HOSTILE}", "login", "user", HOSTILE, None, HOSTILE, HOSTILE)
    database.write(lambda connection: insert_deed(connection, deed))


@pytest.mark.parametrize(
    "path",
    [
        "/users",
        f"/users/one?name={HOSTILE}",
        f"/audit?actor=user:{HOSTILE}",
        "/audit?actor=%22><script>",
        f"/audit?day={HOSTILE}",
    ],
)
def test_a_hostile_name_is_text_whose_signs_are_shown(administrator: TestClient, path: str) -> None:
    text = administrator.get(path).text
    assert "<script>" not in text
    assert "\u202e" not in re.sub(r'(value|href)="[^"]*"', "", text)


def test_a_hostile_name_is_not_taken(administrator: TestClient) -> None:
    answer = administrator.post("/users/new", data={"name": HOSTILE, "role": "viewer"})
    assert answer.status_code == 422
    assert "A user&#39;s name is made of letters, digits" in answer.text
    assert "<script>alert" not in answer.text


def test_a_password_that_is_made_lets_in_and_is_shown_once(site: Site, administrator: TestClient) -> None:
    answer = administrator.post("/users/new", data={"name": "made", "role": "viewer"})
    made = re.findall(r'<code id="secret">(.*?)</code>', answer.text)
    assert len(made) == 1
    assert (
        site.client()
        .post("/login", data={"name": "made", "password": made[0]}, headers=ORIGIN, follow_redirects=False)
        .headers["location"]
        == "/worklist"
    )
    assert made[0] not in administrator.get("/users/one?name=made").text


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/users/new", {"name": "root", "role": "viewer"}, 422),
        ("/users/new", {"name": "x", "role": "king"}, 422),
        ("/users/new", {"name": "x", "role": "viewer", "password": "short"}, 422),
        ("/users/role", {"name": "root", "role": "king"}, 422),
        ("/users/role", {"name": "nobody", "role": "viewer"}, 404),
        ("/users/password", {"name": "root", "password": "short"}, 422),
        ("/users/password", {"name": "nobody", "password": PASSWORD}, 404),
        ("/users/active", {"name": "nobody"}, 404),
        ("/users/sessions/end", {"name": "root", "session": "77"}, 404),
        ("/users/delete", {}, 404),
        ("/users/keys/new", {"name": "", "role": "viewer"}, 422),
        ("/users/keys/new", {"name": "x", "role": "king"}, 422),
        ("/users/keys/new", {"name": "x", "role": "viewer", "days": "-1"}, 422),
        ("/users/keys/new", {"name": "x", "role": "viewer", "days": "36501"}, 422),
        ("/users/keys/revoke", {"name": "none"}, 404),
        ("/account/preferences", {"theme": "pink"}, 422),
        ("/account/preferences", {"language": "xx"}, 422),
        ("/account/password", {}, 403),
        ("/account/sessions/end", {}, 403),
    ],
)
def test_what_cannot_be_is_said_on_a_page(
    administrator: TestClient, path: str, form: dict[str, str], status: int
) -> None:
    answer = administrator.post(path, data=form, follow_redirects=False)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_an_account_that_is_a_keys_says_so(administrator: TestClient) -> None:
    assert "A program with a key has no account" in administrator.get("/account").text


def test_filters_that_are_none_are_told_and_find_nothing(administrator: TestClient) -> None:
    for query in ("record=seven", "day=today", "until=x"):
        answer = administrator.get(f"/audit?{query}")
        assert answer.status_code == 422
        assert "<table" not in answer.text
    assert administrator.get("/audit?after=nonsense").status_code == 200
    assert administrator.get("/audit?record=&day=&until=&actor=&action=").status_code == 200


def test_the_trail_is_paged_without_a_gap(site: Site, administrator: TestClient) -> None:
    def write(connection: object) -> None:
        for number in range(250):
            insert_deed(connection, Deed(2 + number // 3, "key:pages", "login", detail=f"<{number}>"))  # type: ignore[arg-type]

    site.application.state.desk.database.write(write)
    found: list[str] = []
    path = "/audit?actor=key%3Apages"
    while path:
        text = administrator.get(path).text
        found += re.findall(r'<td class="detail"><bdi>&lt;(\d+)&gt;', text)
        older = re.search(r'rel="next" href="([^"]*)"', text)
        path = older[1].replace("&amp;", "&") if older else ""
    assert found == [str(number) for number in reversed(range(250))]


def test_the_export_has_what_the_filters_find_and_is_noted(site: Site, administrator: TestClient) -> None:
    answer = administrator.get("/audit/export?actor=unknown-user")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    assert list(csv.DictReader(StringIO(answer.text[1:]))) == []
    answer = administrator.get(f"/audit/export?actor=user:{HOSTILE}")
    (row,) = csv.DictReader(StringIO(answer.text[1:]))
    assert (row["did"], row["address"]) == ("login", HOSTILE)
    wait_for_lane(site.application.state.desk.database, "audit")
    assert "audit.export" in administrator.get("/audit?actor=key:administrator").text
    assert administrator.get("/audit/export?day=today").status_code == 422


def test_a_deed_of_a_page_has_the_address_that_it_came_from(site: Site, administrator: TestClient) -> None:
    administrator.post("/nodes/scanners/add", data={"title": "CT77"})
    wait_for_lane(site.application.state.desk.database, "audit")
    (row,) = csv.DictReader(StringIO(administrator.get("/audit/export?action=scanner.change").text[1:]))
    assert (row["which"], row["address"]) == ("CT77", "testclient")


def test_the_last_administrator_stays_whatever_is_sent(tmp_path: Path) -> None:
    with run_site(tmp_path) as other:
        other.server.people.users.add("alone", Role.ADMINISTRATOR, PASSWORD, "test")
        client = other.client("administrator")
        for path, form in (
            ("/users/role", {"role": "viewer"}),
            ("/users/active", {"do": "deactivate"}),
            ("/users/delete", {}),
        ):
            answer = client.post(path, data={"name": "alone", **form})
            assert answer.status_code == 422
            assert "alone is the last administrator" in answer.text
        assert other.server.people.users.get("alone").role is Role.ADMINISTRATOR
