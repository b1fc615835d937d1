"""Studies by REST and on their pages: listed, searched, opened by links, the links withdrawn."""

import re
from typing import Any

import pytest

from openworklist.domain.audit import DeedFilter
from players.people import wait_for_lane
from players.site import Site, TestClient
from players.study_index import store

ORIGIN = {"Origin": "http://testserver"}
ORDER = (
    b"MSH|^~\\&|A|B|||20260311||ORM^O01|1|P|2.3\rPID|1||P1||DOE^JIM\rORC|NW|P9\r"
    b"OBR|1|P9||R9||||||||||||||A1||||||CT\rZDS|1.2.3^A^Application^DICOM\r"
)
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def filled(site: Site) -> Site:
    database = site.application.state.desk.database
    store(database, "1.2.3", many=2, series_description=EVIL)
    store(database, "1.2.4", patient_name=f"{EVIL}^\u202eevil", patient_id="P2", accession_number="A2", at=7)
    site.receive(ORDER)
    return site


def deeds(site: Site, action: str) -> list[Any]:
    desk = site.application.state.desk
    wait_for_lane(desk.database, "audit")
    found: list[Any] = desk.audit.find(DeedFilter(action=action), None, 100)
    return found


def press(client: TestClient, path: str, **form: str) -> Any:
    return client.post(path, data=form, headers=ORIGIN, follow_redirects=False)


def test_studies_are_listed_page_by_page(filled: Site, viewer: TestClient) -> None:
    first = viewer.get("/api/v1/studies?limit=1").json()
    second = viewer.get("/api/v1/studies", params={"limit": 1, "after": first["next"]}).json()
    assert [each["uid"] for each in first["studies"] + second["studies"]] == ["1.2.3", "1.2.4"]
    assert second["next"] is None
    assert first["studies"][0]["instances"] == 2
    assert first["studies"][0]["values"]["patient_id"] == "P1"


def test_studies_are_searched_with_nothing_in_the_address(filled: Site, viewer: TestClient) -> None:
    assert [s["uid"] for s in viewer.post("/api/v1/studies/search", json={"text": "P2"}).json()] == ["1.2.4"]
    answer = press(viewer, "/studies/search", text="P2")
    assert re.fullmatch(r"/studies\?q=[a-z0-9]+", answer.headers["location"])
    page = viewer.get(answer.headers["location"]).text
    assert "/studies/1.2.4" in page
    assert "/studies/1.2.3" not in page
    assert (
        "No study found" in viewer.get(press(viewer, "/studies/search", text="none").headers["location"]).text
    )


def test_a_study_has_its_series(filled: Site, viewer: TestClient) -> None:
    found = viewer.get("/api/v1/studies/1.2.3").json()
    assert [(each["uid"], each["instances"]) for each in found["series"]] == [("1.2.3.1", 2)]
    missing = viewer.get("/api/v1/studies/9.9.9")
    assert (missing.status_code, missing.json()["code"]) == (404, "study.not-found")
    assert viewer.get("/studies/9.9.9").status_code == 404
    assert deeds(filled, "study.view")[0].subject_id == "1.2.3"


def test_links_are_for_operators_and_audited(filled: Site, operator: TestClient, viewer: TestClient) -> None:
    assert viewer.post("/api/v1/studies/1.2.3/links").status_code == 403
    links = {each["kind"]: each["url"] for each in operator.post("/api/v1/studies/1.2.3/links").json()}
    again = {each["kind"]: each["url"] for each in operator.post("/api/v1/studies/1.2.3/links").json()}
    assert links == again
    token = links["page"].removeprefix("http://testserver/studies/by-token/")
    assert re.fullmatch(r"[A-Za-z0-9]{64}", token)
    assert links["sante"] == f"sante://download?url=testserver:80&ssl=no&token={token}"
    assert [each.subject_id for each in deeds(filled, "study-token.show")][:1] == ["1.2.3"]
    assert not any(token in f"{each.detail}{each.subject_id}" for each in deeds(filled, ""))


def test_the_site_says_what_links_are_like(filled: Site, administrator: TestClient) -> None:
    options = {
        "web_address": "https://worklist.example:3000",
        "viewer_ohif": "https://ohif.example",
        "viewer_weasis": "yes",
        "viewer_other": "Mine=https://v.example/?s={study}",
    }
    for name, value in options.items():
        filled.application.state.desk.configurations.set_option(name, value, "test")
    try:
        links = administrator.post("/api/v1/studies/1.2.3/links").json()
        page = press(administrator, "/studies/1.2.3/links").text
    finally:
        for name in options:
            filled.application.state.desk.configurations.reset_option(name, "test")
    kinds = ["page", "zip", "dicomweb", "sante", "ohif", "weasis", "other"]
    assert [each["kind"] for each in links] == kinds
    assert links[0]["url"].startswith("https://worklist.example:3000/studies/by-token/")
    assert "ssl=yes" in links[3]["url"]
    assert links[-1] == {"kind": "other", "name": "Mine", "url": "https://v.example/?s=1.2.3"}
    assert all(each["url"].split("token")[0][:20] in page for each in links)


def test_a_page_opens_and_withdraws(filled: Site, operator: TestClient) -> None:
    desk = filled.application.state.desk
    opened = press(operator, "/studies/1.2.4/open")
    assert opened.status_code == 303
    token = opened.headers["location"].removeprefix("/studies/by-token/")
    assert desk.study_tokens.find_study(token) == "1.2.4"
    assert press(operator, "/studies/1.2.4/revoke").headers["location"] == "/studies/1.2.4?revoked=1"
    assert desk.study_tokens.find_study(token) is None
    assert press(operator, "/studies/1.2.4/open").headers["location"] != opened.headers["location"]


def test_pages_show_what_was_sent_harmlessly(filled: Site, operator: TestClient) -> None:
    for path in ("/studies", "/studies/1.2.3", "/studies/1.2.4"):
        page = operator.get(path).text
        assert EVIL not in page
        assert "\u202e" not in page


def test_an_exam_leads_to_its_images(filled: Site, viewer: TestClient) -> None:
    for path in ("/worklist?text=&record=1", "/records/1"):
        assert 'href="/studies/1.2.3"' in viewer.get(path).text
