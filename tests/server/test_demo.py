"""The demo as people start it: orders in ten scripts, scanners that ask, and things to look into."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from openworklist.domain.record import Status
from openworklist.services.demo.patients import SCRIPTS
from openworklist.services.demo.scanners import HABITS

_SECONDS = 90  # for what takes ten on a quiet machine


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    return ("--demo",)


@pytest.fixture(scope="module")
def look(server: Any, openworklist: Any) -> Callable[..., Any]:
    """What a command lists of the demo, as JSON."""

    def run(*arguments: object) -> Any:
        ended = openworklist(*arguments, "--json", "--data", server.data)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return run


def until(find: Callable[[], Any], is_wanted: Callable[[Any], bool]) -> Any:
    """What is found once it is as wanted."""
    deadline = time.monotonic() + _SECONDS
    while not is_wanted(found := find()):
        assert time.monotonic() < deadline, found
    return found


@pytest.fixture(scope="module")
def records(look: Callable[..., Any]) -> list[dict[str, Any]]:
    """Every record, once scanners have told of their work to the end of the plan."""

    def is_filled(found: list[dict[str, Any]]) -> bool:
        begun = {each["values"]["modality"] for each in found if each["status"] == Status.STARTED}
        return {each["status"] for each in found} == set(Status) and begun == {"CT", "MR", "US", "CR"}

    found: list[dict[str, Any]] = until(lambda: look("records", "list", "--limit", "500"), is_filled)
    return found


def test_it_says_that_it_is_a_demo(server: Any) -> None:
    assert "a demo in" in server.said
    assert "this is a demo" in server.log.read_text()


def test_records_are_in_every_status_and_names_in_ten_scripts(records: list[dict[str, Any]]) -> None:
    assert len(records) >= 60
    names = {each["values"]["patient_name"] for each in records}
    for script in SCRIPTS:
        assert any(person.name in names for person in script.people), script.name


def test_scanners_ask_one_sees_nothing_and_one_is_turned_away(
    records: list[dict[str, Any]], look: Callable[..., Any]
) -> None:
    titles = {each.ae_title for each in HABITS}
    assert len(titles) == 6
    known = until(lambda: look("scanners", "list"), lambda found: titles <= found.keys())
    assert not known["XA2"]["is_confirmed"]
    until(
        lambda: look("scanners", "list"),
        lambda found: all(found[each]["questions"] for each in titles - {"XA2"}),
    )
    asked = look("scanners", "questions", "MAMMO1")
    assert asked["questions"][0]["answers"] == 0
    mammography = next(
        each for each in records if each["values"]["modality"] == "MG" and each["status"] == Status.SCHEDULED
    )
    said = look("why", mammography["values"]["accession_number"], "--scanner", "MAMMO1")
    assert not said["is_shown"]


def test_messages_were_refused_and_exams_are_told(
    records: list[dict[str, Any]], look: Callable[..., Any]
) -> None:
    refused = look("messages", "list", "--outcome", "refused")
    assert {each["message_type"] for each in refused} >= {"ORM^O01", "ORU^R01"}
    assert {"HIS|CITY", "PORTAL|CLINIC"} == look("systems", "list").keys()
    until(
        lambda: look("outbound", "list", "--all"),
        lambda found: {"sent", "dead"} <= {each["state"] for each in found},
    )


def test_it_begins_again_where_it_ended_but_not_on_other_data(
    start_server: Any, openworklist: Any, tmp_path: Any, free_ports: Callable[[int], list[int]]
) -> None:
    first = start_server(tmp_path / "data", "--demo")
    assert first.stop() == 0
    again = start_server(tmp_path / "data", "--demo")
    assert again.stop() == 0

    assert openworklist("options", "set", "auto_delete", "never", "--data", tmp_path / "real").returncode == 0
    hl7, dicom = free_ports(2)
    refused = openworklist(
        "serve", "--demo", "--data", tmp_path / "real", "--host", "127.0.0.1",
        "--hl7-port", hl7, "--dicom-port", dicom, "--web-port", 0,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "settings.demo-data" in refused.stderr
