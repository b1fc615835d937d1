"""`openworklist compare` as a person or a script runs it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from openworklist.cli.application import application

ORDER = b"MSH|^~\\&|RIS|HOSPITAL|OWL|RAD|20260101||ORM^O01|1|P|2.5\rPID|||4711||DOE^JOHN\rORC|NW\rOBR|1\r"
OTHER = ORDER.replace(b"4711", b"4712").replace(b"JOHN", b"JANE").replace(b"|1|P", b"|2|P")

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in a folder with two orders and a file that holds both."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "one.hl7").write_bytes(ORDER)
    (tmp_path / "two.hl7").write_bytes(OTHER)
    (tmp_path / "both.hl7").write_bytes(ORDER + OTHER)
    return lambda *arguments, stdin=b"": CliRunner().invoke(application, ["compare", *arguments], stdin)


def test_differences_are_told_in_a_table(run: Run) -> None:
    ended = run("one.hl7", "two.hl7", "--ignore-time")
    assert ended.exit_code == 1
    assert ended.stdout.splitlines() == [
        "       file     message  control ID",
        "left   one.hl7  ORM^O01  1",
        "right  two.hl7  ORM^O01  2",
        "",
        "         path     name                      left  right  feeds",
        "changed  PID-3    Patient Identifier List   4711  4712   Patient ID",
        "changed  PID-5.2  Patient Name: Given Name  JOHN  JANE   Patient name",
        "",
        "2 changed, 0 only left, 0 only right, 10 same; not compared: MSH-7, MSH-10",
    ]


def test_what_is_the_same_is_told_if_asked_for(run: Run) -> None:
    shown = run("one.hl7", "two.hl7", "--all").stdout
    assert "same     MSH-11   Processing ID              P         P" in shown


def test_positions_are_told_in_a_grid(run: Run) -> None:
    ended = run("one.hl7", "two.hl7", "--by", "position")
    assert ended.exit_code == 1
    assert (
        """
PID  Patient Identification
       0    1  2  3 *   4  5 *
left   PID        4711     DOE^JOHN
right  PID        4712     DOE^JANE
"""
        in ended.stdout
    )


@pytest.mark.parametrize("by", ["meaning", "position"])
def test_the_same_message_exits_0(run: Run, by: str) -> None:
    assert run("one.hl7", "one.hl7", "--by", by).exit_code == 0


def test_other_delimiters_are_the_same_by_meaning_only(run: Run, tmp_path: Path) -> None:
    (tmp_path / "three.hl7").write_bytes(ORDER.replace(b"|", b"#").replace(b"^", b"@"))
    assert run("one.hl7", "three.hl7").exit_code == 0
    assert run("one.hl7", "three.hl7", "--by", "position").exit_code == 1


def test_a_message_is_chosen_by_its_number(run: Run) -> None:
    assert run("both.hl7", "both.hl7", "--message", "2").exit_code == 0
    assert run("both.hl7", "one.hl7", "--message", "1,1").exit_code == 0
    assert run("both.hl7", "both.hl7", "--message", "1,2").exit_code == 1
    note = run("both.hl7", "one.hl7").stdout
    assert "left: It holds 2 messages; this is the first." in note
    assert "both.hl7, 1 of 2" in note


def test_one_message_may_come_from_stdin(run: Run) -> None:
    ended = run("-", "one.hl7", stdin=ORDER)
    assert ended.exit_code == 0
    assert "left   stdin" in ended.stdout


def test_scripts_get_json(run: Run) -> None:
    by_meaning = json.loads(run("one.hl7", "two.hl7", "--json").stdout)
    assert by_meaning["segments"][1]["rows"][0]["left"] == "4711"
    by_position = json.loads(run("one.hl7", "two.hl7", "--json", "--by", "position").stdout)
    assert by_position["segments"][1]["columns"][3]["right"] == "4712"


def test_a_page_is_written(run: Run, tmp_path: Path) -> None:
    ended = run("one.hl7", "two.hl7", "--html", "page.html")
    assert ended.exit_code == 1
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "Made by OpenWorklist" in page


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("missing.hl7", "one.hl7"), "missing.hl7 cannot be read: No such file or directory."),
        (("one.hl7", os.devnull), f"The right message ({os.devnull}) cannot be read: It holds no message."),
        (("one.hl7", "two.hl7", "--message", "1,9"), "It holds 1 messages, no number 9."),
        (("one.hl7", "two.hl7", "--profile", "none"), "There is no mapping preset 'none'."),
        (("one.hl7", "two.hl7", "--charset", "KLINGON"), "'KLINGON' is no character set."),
        (("one.hl7", "two.hl7", "--html", "no/page.html"), "no/page.html cannot be written"),
        (("one.hl7", "two.hl7", "--message", "x"), "is not N or N,M"),
        (("one.hl7", "two.hl7", "--message", "0"), "is not N or N,M"),
        (("-", "-"), "Only one of the messages can come from stdin."),
        (("one.hl7",), "right"),
    ],
)
def test_what_cannot_be_told_exits_2(run: Run, arguments: tuple[str, ...], told: str) -> None:
    ended = run(*arguments)
    assert ended.exit_code == 2
    assert told in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
