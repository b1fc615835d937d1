from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application

NOBODY = "127.0.0.1:1"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(application, arguments)


@pytest.mark.parametrize("command", ["echo", "find"])
def test_nobody_at_the_address_is_told(openworklist: Any, command: str) -> None:
    ended = openworklist(command, NOBODY)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "OPENWORKLIST at 127.0.0.1:1 cannot be reached." in ended.stderr


@pytest.mark.parametrize("command", ["echo", "find"])
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["127.0.0.1"],
        [NOBODY, NOBODY],
        [NOBODY, "--called", "A" * 17],
        [NOBODY, "--calling", ""],
        [NOBODY, "--timeout", "-1"],
        [NOBODY, "--timeout", "0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told(command: str, arguments: list[str]) -> None:
    ended = run(command, *arguments)

    assert ended.exit_code == 2
    assert "Error: " in ended.stderr


@pytest.mark.parametrize(
    "key", ["", "=", "PatientID", "Nothing=1", "ScheduledProtocolCodeSequence=1", "00100020=1"]
)
def test_a_key_is_an_attribute_with_a_value(key: str) -> None:
    ended = run("find", NOBODY, "-k", key)

    assert ended.exit_code == 2
    assert "write KEYWORD=VALUE" in ended.stderr


def test_a_limit_is_no_negative_number() -> None:
    assert run("find", NOBODY, "--limit", "-1").exit_code == 2
