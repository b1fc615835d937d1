"""`records delete`, `deleted` and `restore` as people type them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.domain.errors import NotFound
from openworklist.domain.record import Record
from openworklist.store.database import open_database
from openworklist.store.records import insert_record


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with three records."""
    database = open_database("", tmp_path)
    for number in range(3):
        values = {"patient_id": f"P{number}", "patient_name": "山田^太郎", "accession_number": f"A{number}"}
        record = Record(values)
        database.write(lambda connection, each=record: insert_record(connection, each, None, 1))  # type: ignore[misc]
    database.close()
    return tmp_path


def run(data: Path, *arguments: str, input: str = "", zone: str = "UTC") -> Any:
    environment = {"OPENWORKLIST_DATA": str(data), "OPENWORKLIST_TIME_ZONE": zone}
    return CliRunner(env=environment).invoke(application, ["records", *arguments], input=input)


def numbers(data: Path, *arguments: str) -> list[int]:
    return [record["id"] for record in json.loads(run(data, *arguments, "--json").stdout)]


def test_records_are_shown_and_deleted_when_asked_for(data: Path) -> None:
    ended = run(data, "delete", "1", "3", input="y\n")
    assert ended.exit_code == 0
    assert "P0" in ended.stdout
    assert "P2" in ended.stdout
    assert ended.stdout.endswith("2 records deleted\n")
    assert numbers(data, "list") == [2]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_deleted(data: Path, answer: str) -> None:
    ended = run(data, "delete", "1", input=answer)
    assert ended.exit_code == 1
    assert numbers(data, "list") == [1, 2, 3]


def test_yes_asks_nothing(data: Path) -> None:
    assert run(data, "delete", "--yes", "1").stdout == "1 record deleted\n"


def test_a_record_that_is_not_there_is_told_and_nothing_is_deleted(data: Path) -> None:
    assert isinstance(run(data, "delete", "--yes", "1", "4711").exception, NotFound)
    assert numbers(data, "list") == [1, 2, 3]


def test_deleted_records_are_listed_with_who_did_it_when(data: Path) -> None:
    run(data, "delete", "--yes", "1")
    run(data, "delete", "--yes", "2")
    assert numbers(data, "deleted") == [2, 1]
    assert numbers(data, "deleted", "--limit", "1") == [2]
    head, first, _ = run(data, "deleted").stdout.splitlines()
    assert head.split("  ")[0] == "id"
    assert "cli:" in first
    assert "deleted by hand" in first


def test_the_time_of_a_deletion_is_that_of_the_site(data: Path) -> None:
    run(data, "delete", "--yes", "1")
    there, here = run(data, "deleted", zone="Asia/Tokyo").stdout, run(data, "deleted").stdout
    assert there != here


def test_records_are_restored(data: Path) -> None:
    run(data, "delete", "--yes", "1", "2")
    ended = run(data, "restore", "1", "2", "1")
    assert (ended.exit_code, ended.stdout) == (
        0, "record 1 restored, SCHEDULED\nrecord 2 restored, SCHEDULED\n",
    )  # fmt: skip
    assert numbers(data, "list") == [1, 2, 3]
    assert numbers(data, "deleted") == []


def test_what_was_not_deleted_is_told(data: Path) -> None:
    assert isinstance(run(data, "restore", "1").exception, NotFound)
