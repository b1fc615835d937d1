"""How values stand in a page: whatever they hold, they are text, and keep to their place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from openworklist.services.shown_text import Run, show

_LONGEST: Final = 4_000  # letters of one value that a page shows


def to_markup(value: object, limit: int = _LONGEST) -> Markup:
    """A text with signs for what cannot be seen, in its own direction."""
    text = "" if value is None else str(value)
    if not text:
        return Markup("")
    return Markup("<bdi>{}</bdi>").format(Markup("").join(_to_piece(run) for run in show(text, limit)))


def to_person(value: object) -> Markup:
    """A PN as people read it: family name, other names; a group of another script behind a mark."""
    groups = [_spell(group) for group in str(value or "").split("=")]
    return Markup('<span class="group-mark"> · </span>').join(to_markup(group) for group in groups if group)


def to_runs_markup(runs: Iterable[Run]) -> Markup:
    """Runs, with what differs marked; in their own direction."""
    pieces = [
        Markup("<mark>{}</mark>").format(_to_piece(run)) if run.is_marked else _to_piece(run) for run in runs
    ]
    return Markup("<bdi>{}</bdi>").format(Markup("").join(pieces)) if pieces else Markup("")


def _spell(group: str) -> str:
    family, given, middle, prefix, suffix = (*(part.strip() for part in group.split("^")[:5]), *[""] * 5)[:5]
    others = " ".join(part for part in (prefix, given, middle, suffix) if part)
    return ", ".join(part for part in (family, others) if part)


def _to_piece(run: Run) -> Markup:
    template = '<span class="sign">{}</span>' if run.is_sign else "{}"
    return Markup(template).format(run.text)
