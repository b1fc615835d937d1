import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.settings import NAMES


def show(*arguments: str, **environment: str) -> Any:
    return CliRunner(env=environment).invoke(application, ["settings", *arguments])


def test_settings_are_a_table_of_values_and_where_they_come_from(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("web_port = 8080\n")

    ended = show("--config", str(file), "--ae-title", "WORKLIST", OPENWORKLIST_HL7_PORT="2575")

    lines = {line.split()[0]: line.split()[1:3] for line in ended.stdout.splitlines()}
    assert ended.exit_code == 0
    assert list(lines) == ["setting", *NAMES]
    assert lines["web_port"] == ["8080", str(file)]
    assert lines["hl7_port"] == ["2575", "OPENWORKLIST_HL7_PORT"]
    assert lines["ae_title"] == ["WORKLIST", "--ae-title"]
    assert lines["database"] == ["-", "default"]


def test_settings_as_json() -> None:
    ended = show("--json", "--ae-title-required", OPENWORKLIST_DATABASE="postgresql://w:hunter2@db/w")

    found = json.loads(ended.stdout)
    assert list(found) == list(NAMES)
    assert found["database"] == {"value": "postgresql://w:***@db/w", "origin": "OPENWORKLIST_DATABASE"}
    assert found["ae_title_required"] == {"value": "True", "origin": "--ae-title-required"}


@pytest.mark.parametrize(
    "arguments", [["--hl7-port", "many"], ["--nothing"], ["surplus"], ["--ae-title"], ["--json=yes"]]
)
def test_wrong_usage_is_told(arguments: list[str]) -> None:
    assert show(*arguments).exit_code == 2
