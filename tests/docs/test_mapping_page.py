"""docs/mapping.md: each example is a profile, a message, and what comes of them."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.domain.extra import find_attribute, write_attribute
from openworklist.domain.order import Order
from openworklist.domain.record import Value
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import PRESETS
from openworklist.hl7.profile_json import PROFILE, RULE, from_json
from openworklist.hl7.shapes import SHAPES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/mapping.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(json|hl7|result|)\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
SESSION = re.search(
    r"^\$ openworklist (.*?)\n(.*)", next(text for _, text in BLOCKS if text[:1] == "$"), re.DOTALL
)


def read_examples() -> list[tuple[Any, str, str]]:
    """Each result with the message and the rules before it."""
    found, last = [], {"json": "", "hl7": ""}
    for kind, text in BLOCKS:
        if kind == "result":
            found.append((json.loads(last["json"]), last["hl7"], text))
        elif kind:
            last[kind] = text
    return found


EXAMPLES = read_examples()


def to_profile(data: Any) -> Any:
    """A whole profile of what an example says of one."""
    head = {"format": "openworklist-mapping", "version": 1, "name": "example"}
    return from_json(head | (data if data.keys() & {"rules", "order_control"} else {"rules": data}))


def show(value: Value) -> str:
    if isinstance(value, str):
        return value
    (item,) = value
    return "^".join(str(item[name]) for name in ("code_value", "code_meaning", "coding_scheme_designator"))


def tell(order: Order) -> list[str]:
    told = []
    for name, value in order.values.items():
        attribute = find_attribute(name)
        assert attribute is not None
        told.append(f"{write_attribute(attribute)}: {show(value)}")
    return [*told, *(f"warning: {warning}" for warning in order.warnings)]


@pytest.mark.parametrize(("data", "segments", "result"), EXAMPLES)
def test_an_example_gives_what_it_says(data: Any, segments: str, result: str) -> None:
    message = parse("\r".join(("MSH|^~\\&|HIS", *segments.splitlines())))
    (order,) = apply(message, to_profile(data))
    assert sorted(tell(order)) == sorted(result.splitlines())


def test_there_are_examples_and_each_profile_can_be_read() -> None:
    assert len(EXAMPLES) >= 8
    for kind, text in BLOCKS:
        if kind == "json":
            to_profile(json.loads(text))


@pytest.mark.parametrize("name", [*SHAPES, *PRESETS, *RULE, *PROFILE])
def test_every_word_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE or f'"{name}"' in PAGE


def test_the_session_is_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SESSION is not None
    monkeypatch.chdir(ROOT)
    ended = CliRunner().invoke(application, shlex.split(SESSION[1]))
    assert ended.exit_code == 0
    assert ended.stdout.rstrip("\n") == SESSION[2]
