from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application


def simulate(*arguments: str) -> Any:
    return CliRunner().invoke(application, ["simulate", *arguments])


@pytest.mark.parametrize("who", ["his", "scanner"])
def test_nobody_at_the_address_is_told(openworklist: Any, who: str) -> None:
    ended = openworklist("simulate", who, "--to", "127.0.0.1:1")

    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "cannot be reached" in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["his", "--rate", "0"],
        ["his", "--rate", "nan"],
        ["his", "--count", "-1"],
        ["his", "--seed", "x"],
        ["his", "--to", "here"],
        ["his", "--timeout", "-1"],
        ["scanner", "--every", "-1"],
        ["scanner", "--every", "inf"],
        ["scanner", "--count", "-1"],
        ["scanner", "--called", "A" * 17],
        ["scanner", "--timeout", "0"],
        ["nobody"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told(arguments: list[str]) -> None:
    assert simulate(*arguments).exit_code == 2
