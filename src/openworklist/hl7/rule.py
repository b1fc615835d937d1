"""A rule of a mapping profile: where the value of an attribute stands, and what is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from openworklist.domain.attributes import Attribute
from openworklist.domain.errors import MappingError, MessageError
from openworklist.hl7.path import Path, parse_path
from openworklist.hl7.pattern import make_extract
from openworklist.hl7.sequences import is_coded, is_fillable
from openworklist.hl7.shapes import SHAPES
from openworklist.hl7.word import read_word

ANY: Final = "*"  # in a value table: any text that is not in it; as a word: the text itself
_SEGMENT: Final = re.compile("[A-Z][A-Z0-9]{2}", re.ASCII)
_NO_TABLE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Condition:
    """That a segment has a field that holds something: `value`, or what has the `shape`, or anything.

    Letters are equal in any case, and so are several blanks and one. A path with field 0 asks for the segment
    alone.
    """

    path: Path
    value: str = ""
    shape: str = ""

    def __post_init__(self) -> None:
        _check_shape(self.shape)
        if self.value and self.shape:
            raise MappingError("A condition asks for a value or for a shape.", where="shape")
        if not self.path.field and (self.value or self.shape):
            raise MappingError("A segment has no value.", where="path", hint="name the field, like OBX-3.2")

    def __str__(self) -> str:
        if not self.path.field:
            return str(self.path).removesuffix("-0")
        if self.value:
            return f'{self.path} = "{self.value}"'
        return f"{self.path} has the shape {self.shape}" if self.shape else str(self.path)


@dataclass(frozen=True, slots=True)
class Source:
    """A place where a value may stand.

    With a `shape` it is taken only if it looks so; `where` names the segments, of those that have the path's
    name, in which it is looked for: all of them are looked at, the first value wins.
    """

    path: Path
    shape: str = ""
    where: Condition | None = None

    def __post_init__(self) -> None:
        _check_shape(self.shape)
        if not self.path.field:
            raise MappingError("A source names a field.", where="path", hint="write it like OBR-4.2")
        if self.path.segment == "MSH" and self.path.field <= 2:
            raise MappingError(
                "The delimiters of a message are no value.", where="path", code="mapping.path-unreadable"
            )
        if self.where and self.path.occurrence:
            raise MappingError("A source names its segment by number or by what it holds.", where="where")
        if self.where and (self.where.path.segment != self.path.segment or not self.where.path.field):
            raise MappingError(
                f"A condition of a source is about a field of the same {self.path.segment}.", where="where"
            )

    def __str__(self) -> str:
        shape = f" as {self.shape}" if self.shape else ""
        return f"{self.path}{shape}" + (f" where {self.where}" if self.where else "")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an attribute's value stands: the first source that holds something usable is taken.

    A path without component, or with component 0, is the whole field; it is still converted to the VR of the
    attribute. At a code sequence a path names the first component of a triple. What a source holds goes
    through `pattern` (its first group, else all that it finds), through `table` (keys in any case), is held
    against the source's shape and converted. `default` stands where no source has anything, and never in
    place of a value that a record has. `constant` stands alone.

    MappingError, with its place in the rule, on anything that could not be done.
    """

    attribute: Attribute
    sources: tuple[Source, ...] = ()
    constant: str = ""
    table: Mapping[str, str] = field(default_factory=lambda: _NO_TABLE)
    pattern: str = ""
    default: str = ""

    def __post_init__(self) -> None:
        attribute = self.attribute
        if not is_fillable(attribute):
            raise MappingError(
                f"{attribute.label} is a sequence that no rule can fill.", code="mapping.attribute-unknown"
            )
        if self.constant and (self.sources or self.table or self.pattern or self.default):
            raise MappingError("A constant stands alone.", where="constant", hint="use a default")
        if not (self.sources or self.constant or self.default):
            raise MappingError("The rule has no source.", where="sources", hint="name one, like OBR-18.1")
        if (self.table or self.pattern) and not self.sources:
            raise MappingError("There is no source whose value could be changed.", where="sources")
        self._check_pattern()
        self._check_words()

    def _check_pattern(self) -> None:
        if self.attribute.is_sequence and self.pattern:
            raise MappingError(
                "A sequence takes no pattern.", where="pattern", code="mapping.pattern-refused"
            )
        for number, source in enumerate(self.sources):
            if self.attribute.is_sequence and source.shape:
                raise MappingError(
                    "A sequence has no shape.", where=f"sources[{number}].shape", code="mapping.shape-unknown"
                )
        if self.pattern:
            with placed("pattern"):
                make_extract(self.pattern)

    def _check_words(self) -> None:
        if self.table and self.attribute.is_sequence and not is_coded(self.attribute):
            raise MappingError(f"{self.attribute.label} takes no value table.", where="table")
        words = {"constant": self.constant, "default": self.default}
        words |= {f"table.{key}": word for key, word in self.table.items() if word != ANY}
        for place, word in words.items():
            if word:
                with placed(place):
                    read_word(self.attribute, word)


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Tell of a MappingError that is raised inside where in the profile it is."""
    try:
        yield
    except MappingError as error:
        raise error.within(place) from error.__cause__


def read_place(text: str) -> Path:
    """A path as people write it; MappingError if it is not readable."""
    try:
        return parse_path(text.strip())
    except MessageError as error:
        raise MappingError(error.sentence, hint=error.hint, code="mapping.path-unreadable") from error


def read_condition(text: str, value: str = "", shape: str = "") -> Condition:
    """A condition of a path, or of a segment's name alone."""
    name = text.strip()
    with placed("path"):
        path = Path(name, 0) if _SEGMENT.fullmatch(name) else read_place(name)
    return Condition(path, value, shape)


def make_rule(attribute: Attribute, paths: Iterable[str]) -> Rule:
    """A rule that looks at places, as people write them, in order."""
    sources = []
    for number, text in enumerate(paths):
        with placed(f"sources[{number}]"):
            sources.append(Source(read_place(text)))
    return Rule(attribute, tuple(sources))


def _check_shape(shape: str) -> None:
    if shape and shape not in SHAPES:
        raise MappingError(
            f"There is no shape {shape!r}.",
            where="shape",
            hint=f"use one of {', '.join(sorted(SHAPES))}",
            code="mapping.shape-unknown",
        )
