"""docs/compare.md shows what the commands in it print."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/compare.md").read_text("utf-8")
SESSIONS = re.findall(r"^```\n\$ openworklist (.*?)\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), SESSIONS)
def test_the_page_shows_what_its_commands_print(
    command: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    ended = CliRunner().invoke(application, shlex.split(command))
    assert ended.exit_code == 1
    assert ended.stdout.rstrip("\n") == shown


def test_the_page_has_commands() -> None:
    assert len(SESSIONS) == 2
