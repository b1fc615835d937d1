"""A mapping profile: for each attribute the places in a message where its value may stand, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from openworklist.domain.attributes import ATTRIBUTES, BY_NAME, Attribute
from openworklist.domain.errors import MessageError, NotFound
from openworklist.hl7.path import Path, parse_path


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an attribute's value stands: the first source that holds something usable is taken.

    A path without component, or with component 0, is the whole field; it is still converted to the VR of the
    attribute. At a code sequence a path names the first component of a triple.
    """

    attribute: Attribute
    sources: tuple[Path, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A named set of rules, in the order of the catalogue. Compared by identity: it is a key of caches."""

    name: str
    rules: tuple[Rule, ...]


_PRESETS: Final[Mapping[str, Callable[[Attribute], tuple[str, ...]]]] = {
    "classic": lambda attribute: attribute.classic,
    "ihe_omi": lambda attribute: attribute.ihe_omi,
    "siu": lambda attribute: attribute.siu,
}


@cache
def preset(name: str) -> Profile:
    """A profile that comes with the catalogue: `classic`, `ihe_omi` or `siu`. NotFound for any other name."""
    if name not in _PRESETS:
        raise NotFound(f"There is no mapping preset {name!r}.", hint=f"use {' or '.join(_PRESETS)}")
    sources = _PRESETS[name]
    return Profile(name, _rules((attribute, sources(attribute)) for attribute in ATTRIBUTES))


def make_profile(name: str, sources: Mapping[str, Iterable[str]]) -> Profile:
    """A profile from attribute names and paths as people write them.

    MessageError on a path that is not readable, NotFound on an attribute that is not in the catalogue.
    """
    unknown = sources.keys() - BY_NAME.keys()
    if unknown:
        raise NotFound(f"There is no attribute {min(unknown)!r}.", where=min(unknown))
    return Profile(name, _rules((BY_NAME[attribute], tuple(paths)) for attribute, paths in sources.items()))


def _rules(rows: Iterable[tuple[Attribute, tuple[str, ...]]]) -> tuple[Rule, ...]:
    return tuple(Rule(attribute, tuple(map(_source, paths))) for attribute, paths in rows if paths)


def _source(text: str) -> Path:
    path = parse_path(text)
    if path.segment == "MSH" and path.field <= 2:
        raise MessageError("The delimiters of a message are no value.", where=text)
    return path
