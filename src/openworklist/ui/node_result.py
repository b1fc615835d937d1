"""What came of asking a node, in words."""

from __future__ import annotations

import json
from typing import Final

from openworklist.ui.language import Language, mark

_WORDS: Final = {
    "answers": mark("%(count)s answers"),
    "create": mark("%(count)s new"),
    "update": mark("%(count)s changed"),
    "unchanged": mark("%(count)s known"),
    "ignored": mark("%(count)s left out"),
    "refused": mark("%(count)s refused"),
    "unreadable": mark("%(count)s unreadable"),
    "ended": mark("%(count)s ended"),
    "missing": mark("%(count)s missing"),
}


def tell_result(text: str, language: Language) -> str:
    """The counts that services.schedule keeps as JSON; "" before the first answer."""
    counts = json.loads(text) if text else {}
    return tell_counts(counts, language)


def tell_counts(counts: dict[str, int], language: Language) -> str:
    """Counts by outcome; those of 0 are left out, unless there were no answers at all."""
    parts = []
    for name, number in counts.items():
        if number or name == "answers":
            words = _WORDS.get(name, f"%(count)s {name}")
            parts.append(language.say(words) % {"count": language.format_number(number)})
    return ", ".join(parts)
