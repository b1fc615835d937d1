"""What a site writes as plain JSON, read with errors that name the place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openworklist.domain.errors import SettingsError


def read_texts(found: object, where: str) -> tuple[str, ...]:
    """A list of texts in a document, or one text; SettingsError with the place if it is anything else."""
    if isinstance(found, str):
        return (found,)
    if not isinstance(found, list) or not found:
        raise wrong(where, "is no text and no list of texts")
    for number, text in enumerate(found):
        if not isinstance(text, str):
            raise wrong(f"{where}[{number}]", "is no text")
    return tuple(found)


def wrong(where: str, problem: str, hint: str = "") -> SettingsError:
    """The error that something in a document is wrong."""
    return SettingsError(f"{where} {problem}.", where=where, hint=hint, code="rule.invalid")


def check_keys(document: object, known: Iterable[str], where: str) -> dict[str, object]:
    """A document that is an object with no other keys than these; SettingsError with the place if not."""
    if not isinstance(document, dict):
        raise wrong(where, "is no object")
    unknown = sorted(document.keys() - set(known))
    if unknown:
        raise wrong(f"{where}.{unknown[0]}", "is not known", f"it takes {', '.join(known)}")
    return document


def read_rank(document: Mapping[str, object], where: str) -> int:
    """The place of a rule among others, 0 if it names none; SettingsError if it is no whole number."""
    rank = document.get("rank", 0)
    if not isinstance(rank, int) or isinstance(rank, bool):
        raise wrong(f"{where}.rank", "is no whole number")
    return rank


def read_flag(document: Mapping[str, object], name: str, where: str, *, default: bool) -> bool:
    """True or false; SettingsError if it is neither."""
    flag = document.get(name, default)
    if not isinstance(flag, bool):
        raise wrong(f"{where}.{name}", "is neither true nor false")
    return flag
