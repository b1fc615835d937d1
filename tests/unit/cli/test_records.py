import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.domain.record import Record, Status
from openworklist.store.database import open_database
from openworklist.store.records import insert_record

DATE = "scheduled_procedure_step_start_date"
TODAY = date.today()


def day(number: int) -> str:
    """Of the step with this number: ten days apart, so that midnight may pass during the tests."""
    return f"{TODAY + timedelta(days=(number - 10) * 10 + 5):%Y%m%d}"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ten steps before today and ten after."""
    folder = tmp_path_factory.mktemp("data")
    database = open_database("", folder)
    for number in range(20):
        values = {
            "patient_id": f"P{number}",
            "patient_name": "MÜLLER^JÜRGEN" if number % 2 else "山田^太郎",
            "accession_number": f"A{number}",
            "modality": "CT" if number < 15 else "MR",
            "scheduled_station_ae_title": f"CT{number % 3}",
            DATE: day(number),
            "requested_procedure_code_sequence": ({"code_value": "CTHEAD", "code_meaning": "CT head"},),
        }
        record = Record(
            values=values,
            completed={"study_instance_uid": "2.25.1"},
            status=Status.ON_HOLD if number == 7 else Status.SCHEDULED,
            warnings=("the time was cut",),
        )
        database.write(lambda connection, each=record: insert_record(connection, each, None, 1))  # type: ignore[misc]
    database.close()
    return folder


def run(data: Path, *arguments: str) -> Any:
    return CliRunner(env={"OPENWORKLIST_DATA": str(data)}).invoke(application, ["records", *arguments])


def list_json(data: Path, *arguments: str) -> list[str]:
    """The accession numbers of a list."""
    ended = run(data, "list", "--json", *arguments)
    assert ended.exit_code == 0
    return [record["values"]["accession_number"] for record in json.loads(ended.stdout)]


def test_a_list_is_a_table(data: Path) -> None:
    ended = run(data, "list", "--accession", "A7")

    head, line = ended.stdout.splitlines()
    assert " ".join(head.split()) == "id status date time patient ID name modality station accession"
    assert line.split()[:3] == ["8", "ON", "HOLD"]
    assert line.split()[4:] == ["P7", "MÜLLER^JÜRGEN", "CT", "CT1", "A7"]
    assert (ended.exit_code, ended.stderr) == (0, "")


def test_a_list_that_is_cut_begins_today_and_says_so(data: Path) -> None:
    ended = run(data, "list", "--limit", "3", "--json")

    numbers = [record["values"]["accession_number"] for record in json.loads(ended.stdout)]
    assert numbers == ["A10", "A11", "A12"]
    assert ended.stderr.startswith("3 of 20 records")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--patient-id", "P3"], ["A3"]),
        (["--name", "müller*", "--modality", "MR"], ["A15", "A17", "A19"]),
        (["--accession", "A1?", "--station", "CT1"], ["A10", "A13", "A16", "A19"]),
        (["--status", "on hold"], ["A7"]),
        (["--status", "ON HOLD", "--status", "started", "--modality", "CT"], ["A7"]),
        (["--date", day(10)], ["A10"]),
        (["--date", "-" + day(1)], ["A0", "A1"]),
        (["--date", day(18) + "-"], ["A18", "A19"]),
        (["--patient-id", "nobody"], []),
    ],
)
def test_a_list_is_narrowed(data: Path, options: list[str], found: list[str]) -> None:
    assert list_json(data, *options) == found


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--date", "2026"], "no date"),
        (["--date", "20260230"], "no date"),
        (["--date", "-"], "no date"),
        (["--status", "lost"], "--status"),
        (["--limit", "0"], "--limit"),
        (["--hl7-port", "1"], "--hl7-port"),
    ],
)
def test_wrong_usage_is_told(data: Path, options: list[str], complaint: str) -> None:
    ended = run(data, "list", *options)

    assert ended.exit_code == 2
    assert complaint in ended.stderr


def test_one_record_is_shown_whole(data: Path) -> None:
    ended = run(data, "show", "8")

    lines = [line.split() for line in ended.stdout.splitlines()]
    assert ended.stdout.splitlines()[0] == "record 8, version 1, ON HOLD"
    assert ["(0010,0010)", "Patient", "name", "MÜLLER^JÜRGEN"] in lines
    assert "code_value=CTHEAD, code_meaning=CT head" in ended.stdout
    assert ["(0020,000D)", "Study", "Instance", "UID", "2.25.1", "completed"] in lines
    assert ended.stdout.splitlines()[-1] == "warning: the time was cut"


def test_one_record_as_json(data: Path) -> None:
    shown = json.loads(run(data, "show", "8", "--json").stdout)

    assert (shown["id"], shown["status"], shown["version"]) == (8, "ON HOLD", 1)
    assert shown["values"]["patient_name"] == "MÜLLER^JÜRGEN"
    assert shown["completed"] == {"study_instance_uid": "2.25.1"}


@pytest.mark.parametrize("arguments", [["show"], ["show", "eight"], ["show", "8", "9"], ["shown"]])
def test_show_takes_the_id_of_one_record(data: Path, arguments: list[str]) -> None:
    assert run(data, *arguments).exit_code == 2
