"""How somebody wants the pages, as a form."""

from __future__ import annotations

from typing import Final

from openworklist.domain.visitor import Visitor
from openworklist.ui.forms.fields import Field, Group, Kind
from openworklist.ui.language import LANGUAGES, mark

PREFERENCES: Final = (
    Group(
        mark("How the pages look"),
        (
            Field(
                "language",
                mark("Language"),
                Kind.CHOICE,
                choices=(("", mark("as the browser has it")), *LANGUAGES.items()),
            ),
            Field(
                "theme",
                mark("Theme"),
                Kind.CHOICE,
                choices=(
                    ("", mark("as the system has it")),
                    ("light", mark("light")),
                    ("dark", mark("dark")),
                ),
            ),
            Field(
                "shortcuts",
                mark("Shortcuts by single keys"),
                Kind.FLAG,
                hint=mark("Off, letters like j, k and / do nothing by themselves."),
            ),
        ),
    ),
)


def write_preferences(visitor: Visitor, cookie: str) -> dict[str, str]:
    """What stands in each field; where nobody is logged in, the language is that of a cookie."""
    return {
        "language": visitor.language or ("" if visitor.way == "session" else cookie),
        "theme": visitor.theme,
        "shortcuts": "yes" if visitor.shortcuts else "no",
    }
