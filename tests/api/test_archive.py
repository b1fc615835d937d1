"""The archive of the options, asked by REST and by the page whether it answers; it counts at once."""

from collections.abc import Iterator

import pytest

from openworklist.services.studies import Studies
from players.dicomweb import RawArchive, respond, respond_json, run_raw, study
from players.site import Site, TestClient


@pytest.fixture
def raw(site: Site, administrator: TestClient) -> Iterator[RawArchive]:
    """An archive that the options name, until the test is over."""
    with run_raw(lambda _: respond_json([study("1.2.77.1", patient_id="P-ELSEWHERE")])) as running:
        set_option(administrator, "archive_url", running.url)
        set_option(administrator, "archive_name", "the old PACS")
        yield running
        set_option(administrator, "archive_url", "")


def set_option(client: TestClient, name: str, value: str) -> None:
    answer = client.put(f"/api/v1/options/{name}", json={"value": value})
    assert answer.status_code == 200, answer.text


def find_studies(site: Site) -> Studies:
    desk = site.application.state.desk
    studies: Studies = desk.studies
    return studies


def test_an_archive_that_answers(raw: RawArchive, operator: TestClient, site: Site) -> None:
    answer = operator.post("/api/v1/archive/echo")
    assert answer.status_code == 200
    assert answer.json()["name"] == "the old PACS"
    assert answer.json()["seconds"] > 0
    page = operator.post("/settings/archive/echo")
    assert "the old PACS" in page.text
    assert "It answered in" in page.text
    found = find_studies(site).get("1.2.77.1")[0]
    assert (found.uid, found.source) == ("1.2.77.1", "the old PACS")


def test_no_archive(operator: TestClient, site: Site) -> None:
    answer = operator.post("/api/v1/archive/echo")
    assert (answer.status_code, answer.json()["code"]) == (404, "archive.none")
    assert "No answer" in operator.post("/settings/archive/echo").text
    assert "/settings/archive/echo" not in operator.get("/settings").text
    assert find_studies(site).find("1.2.77.1") is None


def test_an_archive_that_is_none(administrator: TestClient, operator: TestClient) -> None:
    with run_raw(lambda _: respond(b"", 401)) as raw:
        set_option(administrator, "archive_url", raw.url)
        answer = operator.post("/api/v1/archive/echo")
        assert (answer.status_code, answer.json()["code"]) == (502, "archive.refused")
        said = operator.post("/settings/archive/echo", headers={"HX-Request": "true"}).text
        assert "does not let us in" in said
        set_option(administrator, "archive_url", "")
    answer = administrator.put("/api/v1/options/archive_url", json={"value": "https://a:b@x/"})
    assert answer.status_code == 422
    assert "archive_password" in answer.text


def test_the_page_asks_for_it_and_viewers_do_not(
    raw: RawArchive, operator: TestClient, viewer: TestClient
) -> None:
    assert 'action="/settings/archive/echo"' in operator.get("/settings").text
    assert "an operator may ask it" in viewer.get("/settings").text
    assert viewer.post("/settings/archive/echo").status_code == 403
    assert viewer.post("/api/v1/archive/echo").status_code == 403


def test_a_patients_id_is_in_no_log(raw: RawArchive, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    found = find_studies(site).find_of_patient("P-ELSEWHERE")
    assert [each.uid for each in found] == ["1.2.77.1"]
    assert "P-ELSEWHERE" in raw.asked[-1]
    assert "P-ELSEWHERE" not in caplog.text
