"""The benchmarks run, and write their page; what they measure is of no interest here."""

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the clients need epoll")


def measure(page: Path, *options: str) -> str:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--seconds", "0.1", "--output", str(page)]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return page.read_text()


def test_a_part_is_measured_and_kept_when_another_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    first = measure(page, "--servers", "OpenWorklist", "--only", "dicom", "--sizes", "10")
    second = measure(page, "--servers", "OpenWorklist", "--only", "startup")

    assert "## Full cycles a second, one caller, by records stored" in first
    assert "Start-up in seconds" not in first
    assert "## Full cycles a second, one caller, by records stored" in second
    assert "## Start-up in seconds, by records stored" in second
    assert len(json.loads((tmp_path / "page" / "results.json").read_text())["sessions"]) == 2
    assert str(tmp_path) not in second
    assert "`python -m benchmarks --quick --only startup --servers OpenWorklist --seconds 0.1`" in second


def test_what_people_do_on_the_pages_is_measured(tmp_path: Path) -> None:
    page, work = tmp_path / "pages.md", tmp_path / "work"
    command = [sys.executable, "-m", "benchmarks.pages", "--records", "30", "--rounds", "1", "--only", "http"]
    for _ in range(2):  # the second time on what the first has stored
        subprocess.run([*command, "--work", work, "--output", page], cwd=ROOT, check=True, timeout=300)

    told = page.read_text()
    for deed in ("the page of today", "search `name:bak`", "a record opened to edit, and saved"):
        assert re.search(rf"^\| {deed} \| [\d.,]+ / [\d.,]+( / [\d,]+)? \|$", told, re.MULTILINE), deed
    assert len([*work.glob("openworklist-30-*/prepared")]) == 1


def test_storage_is_measured(tmp_path: Path) -> None:
    page = tmp_path / "storage.md"
    options = ["--slices", "16", "--rounds", "1", "--servers", "OpenWorklist;pynetdicom", "--output", page]
    subprocess.run([sys.executable, "-m", "benchmarks.storage", *options], cwd=ROOT, check=True, timeout=300)
    rows = re.findall(r"^\| ([18]) \| (\w+) \|", page.read_text(), re.MULTILINE)
    assert rows == [("1", "OpenWorklist"), ("1", "pynetdicom"), ("8", "OpenWorklist"), ("8", "pynetdicom")]


@pytest.mark.long
def test_the_page_and_its_plots_have_every_section(tmp_path: Path) -> None:
    page = measure(tmp_path / "page.md", "--servers", "OpenWorklist;OpenWorklist, PostgreSQL")

    titles = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert [title.split(",")[0] for title in titles] == [
        "In short",
        "Goals",
        "Where and when",
        "Full cycles a second",
        "Full cycles a second",
        "Questions a second on open associations",
        "One question with a thousand answers",
        "A full cycle beside idle associations",
        "Durable HL7 orders a second",
        "An order beside idle HL7 connections",
        "Start-up in seconds",
        "Resident memory in MB when ready",
        "Resident memory in MB after the questions above",
        "What is measured",
        "How to measure again",
    ]
    plots = re.findall(r"^!\[.+\]\((.+\.svg)\)$", page, re.MULTILINE)
    assert len(plots) == 4
    for plot in plots:
        assert ElementTree.parse(tmp_path / plot).getroot().tag.endswith("svg")
    assert "500 idle HL7 connections: 500 answered" in page
    assert "answers were not complete" not in page
    if "apt-get install postgresql" not in page:
        assert "| OpenWorklist, PostgreSQL, 32 connections, alone |" in page


def test_a_server_that_nobody_knows_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick", "--servers", "Openworklist"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.returncode == 1
    assert "There is no server 'Openworklist'; there are: OpenWorklist; " in done.stderr
