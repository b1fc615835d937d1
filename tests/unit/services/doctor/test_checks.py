from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.services.doctor.case import Case, Port
from openworklist.services.doctor.checks import examine, run_check
from openworklist.services.doctor.disk import check_disk
from openworklist.services.doctor.finding import Finding, Level, worst
from openworklist.services.doctor.limits import check_limits


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A folder that no server has seen yet, and every port switched off."""
    off = Port("HL7", "", 0, "--hl7-port")
    dicom, web = replace(off, listener="DICOM"), replace(off, listener="web")
    return Case(tmp_path / "data", "", off, dicom, web, "OPENWORKLIST", ZoneInfo("UTC"), 100)


def by_name(findings: Iterator[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def test_a_new_machine_has_no_problem(case: Case) -> None:
    assert worst(finding.level for finding in examine(case)) is not Level.PROBLEM
    assert not case.data.exists()


def test_the_worst_level_counts() -> None:
    assert worst([]) is Level.OK
    assert worst([Level.OK, Level.PROBLEM, Level.WARNING]) is Level.PROBLEM
    assert worst([Level.WARNING, Level.OK]) is Level.WARNING


def test_an_error_of_ours_is_a_finding_with_its_way_out(case: Case) -> None:
    def check(case: Case) -> Iterator[Finding]:
        yield Finding("first", Level.OK, "It is well.")
        raise SettingsError("It cannot be read.", hint="mend it")

    first, second = run_check("settings", check, case)

    assert first.name == "first"
    assert second == Finding(
        "settings", Level.PROBLEM, "It cannot be read.", "mend it", (("code", "settings.invalid"),)
    )


def test_a_check_that_fails_keeps_nothing_from_running(case: Case) -> None:
    def check(case: Case) -> Iterator[Finding]:
        raise PermissionError(13, "Permission denied")
        yield

    assert list(run_check("disk", check, case)) == [
        Finding("disk", Level.WARNING, "This could not be looked at: Permission denied.")
    ]


@pytest.mark.parametrize(("mode", "level"), [(0o700, Level.OK), (0o750, Level.OK), (0o755, Level.WARNING)])
def test_a_data_folder_that_all_can_look_into_is_told(case: Case, mode: int, level: Level) -> None:
    case.data.mkdir()
    case.data.chmod(mode)

    rights = by_name(check_disk(case))["rights"]

    assert (rights.level, rights.details) == (level, (("mode", f"{mode:o}"),))


def test_a_data_folder_that_cannot_be_written_is_a_problem(case: Case) -> None:
    case.data.write_text("a file")

    assert by_name(check_disk(case))["durable writes"].level is Level.PROBLEM


def test_more_connections_than_files_are_told(case: Case) -> None:
    few, many = by_name(check_limits(case)), by_name(check_limits(replace(case, connections=10**12)))

    assert few["open files"].level is Level.OK
    assert many["open files"].level is Level.WARNING or many["open files"].details[0] == ("limit", "none")


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("", "127.0.0.1"),
        ("*", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "::1"),
        ("10.0.0.5", "10.0.0.5"),
    ],
)
def test_a_listener_is_reached_from_this_machine(host: str, target: str) -> None:
    assert Port("HL7", host, 3001, "--hl7-port").target == target
