from dataclasses import asdict
from pathlib import Path

import pytest

from openworklist.domain.options import NAMES, Options
from openworklist.ui.forms.option_words import LABELS

PAGE = (Path(__file__).parents[2] / "docs/options.md").read_text("utf-8")
DEFAULTS = asdict(Options())


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_on_the_page_with_its_label_and_default(name: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    default = DEFAULTS[name]
    shown = f"`{default}`" if default != "" else ""
    if isinstance(default, bool):
        shown = "yes" if default else "no"
    assert row.split("|")[2].strip() == LABELS[name]
    assert row.split("|")[3].strip() == shown
