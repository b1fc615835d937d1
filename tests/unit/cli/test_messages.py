import json
import re
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.configurations import Configurations
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.store.database import open_database
from players.auditor import read_changes, read_records
from players.hospital import make_order

SAMPLES = Path(__file__).parents[2] / "data/hl7"
BEGIN = 1_773_478_800_000_000  # 2026-03-14 09:00:00 UTC
HOUR = 3_600_000_000
GOOD = make_order("1", "Müller^Jürgen", charset="8859/1", codec="latin_1", control_id="M1")
BROKEN = make_order("2", "", control_id="M2")
MOVED = make_order("1", control="XO", time="20260314090000", control_id="M3").replace(b"CT01", b"CT02")
WRAPPED = (SAMPLES / "manual/import.hl7").read_bytes()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A journal of five messages, an hour apart: the first at ten."""
    database = open_database("", tmp_path / "data")
    intake = Intake(database, Reader(using(preset("classic"))), Metrics(), clock=count(BEGIN, HOUR).__next__)
    for raw in (GOOD, BROKEN, MOVED, make_order("3", control_id="M4").replace(b"ORM^O01", b"ADT^A02")):
        intake.receive_message(raw, Source("mllp", "192.0.2.1:4711"))
    intake.receive_message(WRAPPED, Source("file", "import.hl7"))
    Configurations(database).set_option("default_profile", "classic", "cli:mary")
    database.close()
    return tmp_path / "data"


def run(data: Path, *arguments: object) -> Any:
    environment = {"OPENWORKLIST_DATA": str(data), "OPENWORKLIST_TIME_ZONE": "Europe/Athens"}
    return CliRunner(env=environment).invoke(application, ["messages", *map(str, arguments)])


def test_a_list_is_a_table_with_the_newest_first(data: Path) -> None:
    ended = run(data, "list", "--limit", "4")

    head, *lines = ended.stdout.splitlines()
    assert " ".join(head.split()) == "id received sender type control ID outcome reason"
    assert [line.split()[0] for line in lines] == ["5", "4", "3", "2"]
    assert re.search(r"2026-03-14 13:00:00 +RIS\|HOSPITAL +ORM\^O01 +M2 +refused +.* \[PID-5\]", lines[3])
    assert ended.stderr.startswith("the newest 4:")
    assert ended.exit_code == 0


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], [5, 4, 3, 2, 1]),
        (["--outcome", "refused"], [2]),
        (["--outcome", "IGNORED"], [4]),
        (["--sender", "RIS"], [4, 3, 2, 1]),
        (["--sender", "RIS|ELSEWHERE"], []),
        (["--type", "ADT"], [4]),
        (["--control-id", "M3"], [3]),
        (["--channel", "file"], [5]),
        (["--record", "1"], [3, 1]),
        (["--text", "müller"], [1]),
        (["--date", "20260314"], [5, 4, 3, 2, 1]),
        (["--date", "20260315-"], []),
        (["--date", "-20260313"], []),
    ],
)
def test_a_list_is_narrowed(data: Path, options: list[str], found: list[int]) -> None:
    ended = run(data, "list", "--json", *options)

    assert [message["id"] for message in json.loads(ended.stdout)] == found
    assert (ended.exit_code, ended.stderr) == (0, "")


def test_a_list_as_json_tells_the_moment_with_its_zone(data: Path) -> None:
    (message,) = json.loads(run(data, "list", "--json", "--control-id", "M2").stdout)

    moment = datetime.fromisoformat(message["received_at"])
    assert int(moment.timestamp() * 1_000_000) == BEGIN + 2 * HOUR
    assert message["sending_application"] == "RIS"
    assert message["place"] == "PID-5"


def test_a_message_is_shown_with_a_segment_a_line(data: Path) -> None:
    ended = run(data, "show", 1)

    lines = ended.stdout.splitlines()
    assert lines[0] == "message 1, received 2026-03-14 12:00:00.000+02:00 by mllp from 192.0.2.1:4711"
    assert lines[1] == "applied: the order is new"
    assert lines[2] == "record 1, version 1: create by hl7:RIS|HOSPITAL, the order is new"
    assert [line[:3] for line in lines[4:]] == ["MSH", "PID", "ORC", "OBR", "", "MSH", "MSA"]
    assert "Müller^Jürgen" in lines[5]
    assert lines[-1] == "MSA|AA|M1"


def test_a_message_whose_lines_are_broken_is_shown_whole(data: Path) -> None:
    lines = run(data, "show", 5).stdout.split("\n\n")[1].splitlines()

    assert {line[3] for line in lines} == {"|"}


def test_a_message_as_json(data: Path) -> None:
    shown = json.loads(run(data, "show", 3, "--json").stdout)

    assert (shown["outcome"], shown["control_id"]) == ("applied", "M3")
    assert [each["record_id"] for each in shown["changes"]] == [1]
    assert shown["message"] == MOVED.decode()
    assert "MSA|AA|M3" in shown["acknowledgement"]


def test_the_bytes_are_those_that_arrived(data: Path, tmp_path: Path) -> None:
    run(data, "download", 1, "-o", tmp_path / "one.hl7")

    assert (tmp_path / "one.hl7").read_bytes() == GOOD
    assert run(data, "download", 5).stdout_bytes == WRAPPED


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["list", "--outcome", "lost"], "--outcome"),
        (["list", "--date", "2026"], "no date"),
        (["list", "--limit", "0"], "--limit"),
        (["show"], "ID"),
        (["show", "one"], "ID"),
        (["reprocess"], "--last"),
        (["reprocess", "1", "--last", "3"], "--last"),
        (["reprocess", "--since", "yesterday"], "no date or moment"),
        (["reprocess", "--since", "20261301"], "no date or moment"),
    ],
)
def test_wrong_usage_is_told(data: Path, arguments: list[str], complaint: str) -> None:
    ended = run(data, *arguments)

    assert ended.exit_code == 2
    assert complaint in ended.stderr


def edit_journal(data: Path, old: str, new: str) -> None:
    """As if the message had always been so: what mapping of it differs from its record."""
    database = open_database("", data)
    change = f"UPDATE messages SET raw = CAST(REPLACE(CAST(raw AS TEXT), '{old}', '{new}') AS BLOB)"
    database.write(lambda connection: connection.execute_text(f"{change} WHERE id = 3"))
    database.close()


def test_a_dry_run_shows_what_would_change_and_stores_nothing(data: Path) -> None:
    edit_journal(data, "CT02", "CT07")

    ended = run(data, "reprocess", 3)

    assert ended.stdout.splitlines() == [
        "record 1, from messages 1, 3",
        "  Scheduled station AE title: CT02 → CT07",
        "  Scheduled station name: CT02 → CT07",
        "1 message: 1 record would be changed, 0 would be new, 0 as before; --yes does it",
    ]
    assert ended.exit_code == 0
    database = open_database("", data, read_only=True)
    assert read_records(database)[0].text("scheduled_station_ae_title") == "CT02"
    database.close()


def test_yes_does_it(data: Path) -> None:
    edit_journal(data, "CT02", "CT07")

    ended = run(data, "reprocess", 1, 3, "--yes", "--json")

    found = json.loads(ended.stdout)
    assert (found["done"], found["changed"], found["new"], found["problems"]) == (True, 1, 0, 0)
    database = open_database("", data, read_only=True)
    assert read_records(database)[0].text("scheduled_station_ae_title") == "CT07"
    assert read_changes(database)[-1].actor.startswith("cli:")
    database.close()


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (["--last", "3"], [3, 4, 5]),
        (["--sender", "RIS|HOSPITAL"], [1, 2, 3, 4]),
        (["--sender", "RIS", "--last", "1"], [4]),
        (["--since", "202603141500"], [4, 5]),
        (["--since", "20260315"], []),
    ],
)
def test_messages_are_chosen(data: Path, options: list[str], messages: list[int]) -> None:
    found = json.loads(run(data, "reprocess", "--json", *options).stdout)

    assert sorted(number for each in found["results"] for number in each["messages"]) == messages
    assert found["done"] is False


def test_what_stays_refused_or_ignored_says_why(data: Path) -> None:
    lines = run(data, "reprocess", 2, 4).stdout.splitlines()

    assert lines[0].startswith("message 2: The order has no patient. [PID-5]")
    assert lines[1] == "message 4: ADT^A02 is ignored: it tells where the patient is, which changes no exam."
    assert lines[2].endswith("0 as before, 1 message still refused")


def test_a_problem_is_told_and_exits_with_1(data: Path) -> None:
    database = open_database("", data)
    database.write(
        lambda connection: connection.execute_text("UPDATE messages SET raw = x'4d53487c' WHERE id = 1")
    )
    database.close()

    ended = run(data, "reprocess", 1)

    assert ended.exit_code == 1
    assert "(message.not-again)" in ended.stdout
