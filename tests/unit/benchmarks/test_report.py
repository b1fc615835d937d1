import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from benchmarks.page.report import write_report
from benchmarks.results import Gap, Session

LATER = "2026-11-26T08:00:00+00:00"
SECTIONS = [
    "In short",
    "Goals",
    "Where and when",
    "Full cycles a second, one caller, by records stored",
    "Full cycles a second, 1,000 records stored, by callers at once",
    "Questions a second on open associations, 1,000 records stored, by associations",
    "One question with a thousand answers, milliseconds, by records stored",
    "A full cycle beside idle associations, milliseconds (p50), by idle associations",
    "Durable HL7 orders a second",
    "An order beside idle HL7 connections, milliseconds (p50), by idle connections",
    "Start-up in seconds, by records stored",
    "Resident memory in MB when ready, by records stored",
    "Resident memory in MB after the questions above, by records stored",
    "What is measured",
    "How to measure again",
]


@pytest.fixture
def whole_run(make_result: Any, make_run: Any) -> Any:
    """A result or two of everything."""
    return make_run(
        *(make_result(stored=stored, value=3000) for stored in (10, 1000, 10_000)),
        *(make_result(server="Orthanc", stored=stored, value=3) for stored in (10, 1000, 10_000)),
        *(make_result(server="Orthanc, no delay", stored=stored, value=30) for stored in (1000, 10_000)),
        make_result(load=32, value=8000),
        make_result("open"),
        make_result("thousand", unit="ms", value=4),
        *(make_result("idle", load=load, unit="ms", value=0.25) for load in (0, 5000)),
        *(make_result(f"idle-{kind}", load=5000, value=5000) for kind in ("held", "answering")),
        *(make_result("hl7", load=load, value=4000 - load) for load in (1, 32)),
        make_result("hl7", server="OpenWorklist, PostgreSQL", load=32, value=900),
        make_result("hl7-polled", load=32, value=3500),
        make_result("polls", load=32, p50_ms=1.25, p99_ms=7.5),
        make_result("connections", load=5000, unit="ms", value=2),
        make_result("startup", load=0, unit="s", value=0.9),
        make_result("memory-start", load=0, unit="MB", value=69.4),
        make_result("memory-used", load=0, unit="MB", value=71),
    )


def find_section(page: str, title: str) -> str:
    return page.partition(f"## {title}")[2].partition("\n## ")[0]


def test_the_page_has_every_section_and_its_plots(whole_run: Any, tmp_path: Path) -> None:
    write_report(whole_run, tmp_path / "page.md")

    page = (tmp_path / "page.md").read_text()
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == SECTIONS
    plots = re.findall(r"^!\[.+\]\((.+\.svg)\)$", page, re.MULTILINE)
    assert plots == [f"page/{name}.svg" for name in ("stored", "callers", "idle", "orders")]
    for plot in plots:
        assert ElementTree.parse(tmp_path / plot).getroot().tag.endswith("svg")


def test_the_top_can_be_quoted(whole_run: Any, tmp_path: Path) -> None:
    write_report(whole_run, tmp_path / "page.md")

    short = find_section((tmp_path / "page.md").read_text(), "In short")
    assert "| 10 | 3,000 | (1,000 ×) |" in short
    assert "| 1,000 | 3,000 | 100 × (1,000 ×) |" in short
    assert "on the embedded database: 3,968 a second over 32 connections, 3,999 a second over 1" in short
    assert "on PostgreSQL: 900 a second over 32 connections." in short
    assert "5,000 idle associations: 5,000 answered, one more caller in 0.25 ms." in short
    assert "OpenWorklist 0.90 s and 69 MB" in short
    assert "Abacus, 2 cores. Measured 2026-11-25 02:21 UTC by `make bench`." in short


def test_a_page_of_one_run_says_once_when_it_was(whole_run: Any, tmp_path: Path) -> None:
    write_report(whole_run, tmp_path / "page.md")

    page = (tmp_path / "page.md").read_text()
    assert page.count("Measured 2026-11-25") == 1
    assert "Measured in run" not in page
    when = find_section(page, "Where and when")
    assert "| 1: 2026-11-25 02:21 UTC | `make bench` | 3 of 2 s | 0.10 | 9,000 writes |  |" in when


def test_a_page_of_several_runs_says_when_each_part_was_measured(
    whole_run: Any, make_result: Any, tmp_path: Path
) -> None:
    machine = {**whole_run.sessions[0].machine, "Orthanc": "1.12"}
    command = "python -m benchmarks --servers Orthanc"
    whole_run.sessions.append(Session(LATER, command, 1, 0.5, machine))
    whole_run.results += [
        make_result("startup", "Orthanc", 0.1, load=0, taken=LATER),
        make_result("memory-used", "Orthanc", 30, stored=100, load=0, taken=LATER),
        make_result("memory-used", "Orthanc", 30, stored=10, load=0),
    ]
    write_report(whole_run, tmp_path / "page.md")

    page = (tmp_path / "page.md").read_text()
    assert f"| 2: 2026-11-26 08:00 UTC | `{command}` | 1 of 0.5 s |" in page
    assert "Measured in run 1, 2026-11-25 02:21 UTC." in find_section(page, "Full cycles a second, one")
    startup = find_section(page, "Start-up")
    assert "in run 1, 2026-11-25 02:21 UTC; *Orthanc* in run 2, 2026-11-26 08:00 UTC." in startup
    assert "; *Orthanc* at 100 in run 2" in find_section(page, "Resident memory in MB after")


def test_what_is_missing_is_named(make_run: Any, make_result: Any, tmp_path: Path) -> None:
    gaps = [Gap("Orthanc", "", "apt-get install orthanc"), Gap("wlmscpfs", "idle", "ended:\nno\nreason")]
    write_report(make_run(make_result(), gaps=gaps), tmp_path / "page.md")

    when = find_section((tmp_path / "page.md").read_text(), "Where and when")
    assert "- Orthanc: apt-get install orthanc\n- wlmscpfs (idle): ended: no reason\n" in when


def test_scanners_are_shown_beside_the_orders_that_they_saw_arrive(whole_run: Any, tmp_path: Path) -> None:
    write_report(whole_run, tmp_path / "page.md")

    orders = find_section((tmp_path / "page.md").read_text(), "Durable HL7 orders")
    polled = next(line for line in orders.splitlines() if "50 scanners polling" in line)
    assert polled.endswith("| 1.25 | 7.50 |")
