import re
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application


def test_the_version_is_that_of_the_package() -> None:
    ended = CliRunner().invoke(application, ["--version"])

    assert (ended.exit_code, ended.stdout) == (0, f"openworklist {version('openworklist')}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["records", "-h"], ["send", "-h"]])
def test_help_is_an_answer(arguments: list[str]) -> None:
    ended = CliRunner().invoke(application, arguments)

    assert ended.exit_code == 0
    assert ended.stdout.startswith("Usage: ")


@pytest.mark.parametrize("arguments", [[], ["records"], ["simulate"], ["serv"], ["--verbose"], ["echo"]])
def test_what_is_no_command_is_wrong_usage(arguments: list[str]) -> None:
    ended = CliRunner().invoke(application, arguments)

    assert ended.exit_code == 2
    assert "Usage: " in ended.stdout + ended.stderr


def test_the_page_of_attributes_is_printed() -> None:
    ended = CliRunner().invoke(application, ["attributes"])

    assert ended.exit_code == 0
    assert re.search(r"^\| Patient ID \| PatientID \| \(0010,0020\) \| LO \|", ended.stdout, re.MULTILINE)
