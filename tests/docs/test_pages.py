"""The pages say what the program has: every setting, command and error code, and no link leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from openworklist.cli.application import application
from openworklist.settings import HELP, NAMES

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SOURCES = sorted((ROOT / "src").glob("**/*.py"))


def _commands(command: Any, path: str) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is None:
        yield path
        return
    for name, each in below.items():
        yield from _commands(each, f"{path} {name}")


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_in_the_docs_with_what_it_is(name: str) -> None:
    page = (ROOT / "docs/settings.md").read_text()

    row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` "))
    assert HELP[name] in row


def test_every_command_is_in_the_docs() -> None:
    page = (ROOT / "docs/commands.md").read_text()
    commands = list(_commands(typer.main.get_command(application), "openworklist"))

    assert len(commands) > 5
    assert [command for command in commands if f"`{command}" not in page] == []


def test_every_error_code_is_in_the_docs_and_none_else() -> None:
    written = set(re.findall(r"^\| `([a-z.-]+)` ", (ROOT / "docs/errors.md").read_text(), re.MULTILINE))
    raised = {
        code
        for source in SOURCES
        for code in re.findall(r"\bcode\s*=\s*\"([a-z-]+\.[a-z-]+)\"", source.read_text())
    }

    assert written == raised


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target
