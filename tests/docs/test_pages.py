"""The pages say what the program has: every setting, command and error code, and no link leads nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.domain.errors import PeerError
from openworklist.settings import HELP, NAMES, Settings, load

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SOURCES = sorted((ROOT / "src").glob("**/*.py"))


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is not None and command.invoke_without_command:
        yield path, command
    if below is None:
        yield path, command
        return
    for name, each in below.items():
        yield from _commands(each, f"{path} {name}")


COMMANDS = dict(_commands(typer.main.get_command(application), "openworklist"))
# Each row of the page with the command it is about: `openworklist records show ID` is `records show`.
ROWS = [
    (re.match(r"\| `(openworklist(?: [a-z][a-z-]*)*)", line)[1], line)  # type: ignore[index]
    for line in (ROOT / "docs/commands.md").read_text("utf-8").splitlines()
    if line.startswith("| `openworklist ") and "--version" not in line
]


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_in_the_docs_with_its_default_and_what_it_is(name: str) -> None:
    page = (ROOT / "docs/settings.md").read_text("utf-8")
    default = getattr(Settings(), name)
    shown = str(default).lower() if isinstance(default, bool) else str(default)

    row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` "))

    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        f"`{name}`",
        f"`{shown}`" if shown else "",
        HELP[name],
    ]


def test_every_command_is_in_the_docs_and_none_else() -> None:
    assert sorted(command for command, _ in ROWS) == sorted(COMMANDS)


@pytest.mark.parametrize(("command", "row"), ROWS, ids=[command for command, _ in ROWS])
def test_every_option_in_the_docs_is_one_of_its_command(command: str, row: str) -> None:
    shown = CliRunner().invoke(application, [*command.split()[1:], "--help"])
    assert shown.exit_code == 0

    written = re.findall(r"(?<![\w-])--?[a-z][a-z-]*", row)

    known = re.findall(r"(?<![\w-])--?[a-z][a-z-]*", shown.output)
    assert set(written) <= set(known)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_is(command: str) -> None:
    assert [each.name for each in COMMANDS[command].params if not each.help] == []


def _find_codes() -> Iterator[str]:
    """Each code that src gives an error, whether it stands there or in a constant."""
    trees = [ast.parse(source.read_text("utf-8")) for source in SOURCES]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg == "code":
            yield from _texts(node.value)
            for name in (each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)):
                yield from (text for each in nodes for text in _texts(_assigned(each, name)))
        yield from _texts(_assigned(node, "code"))


def _assigned(node: ast.AST, name: str) -> ast.AST | None:
    """What a node gives to a name."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    is_given = any(isinstance(each, ast.Name) and each.id == name for each in targets)
    return getattr(node, "value", None) if is_given else None


def _texts(node: ast.AST | None) -> Iterator[str]:
    for each in ast.walk(node) if node else ():
        if isinstance(each, ast.Constant) and re.fullmatch(r"[a-z-]+\.[a-z-]+", str(each.value)):
            yield each.value


def test_every_error_code_is_in_the_docs_and_none_else() -> None:
    rows = re.findall(r"^\| `([a-z.-]+)` ", (ROOT / "docs/errors.md").read_text("utf-8"), re.MULTILINE)

    assert sorted(rows) == sorted(set(_find_codes()))


def test_what_an_error_looks_like_is_true() -> None:
    error = PeerError("Why.", where="where", hint="way out", code="peer.timeout")
    shown = re.search(r"^openworklist: (.*)$", (ROOT / "docs/commands.md").read_text("utf-8"), re.M)

    assert str(error) == "Why. [where] — way out (peer.timeout)"
    assert shown
    assert re.fullmatch(r".*\. \[.*\] — .* \([a-z]+\.[a-z-]+\)", shown[1])


def test_the_example_of_settings_is_taken() -> None:
    loaded = load(environment={}, config=ROOT / "examples/settings.toml")

    assert loaded.settings.ae_title == "WORKLIST"
    assert str(loaded.settings.zone()) == "Europe/Athens"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
