"""How parts of the pages about messages say a thing."""

from typing import Any

import pytest

from openworklist.ui.language import get_language
from openworklist.ui.render import get_environment


@pytest.mark.parametrize(
    ("microseconds", "said"),
    [(400, "0 ms"), (12_345, "12 ms"), (999_499, "999 ms"), (1_234_567, "1.23 s"), (61_000_000, "61 s")],
)
def test_how_long_a_message_took(microseconds: int, said: str) -> None:
    parts: Any = get_environment("en").get_template("messages/_parts.html").module

    assert str(parts.seconds(microseconds, get_language("en"))) == said
