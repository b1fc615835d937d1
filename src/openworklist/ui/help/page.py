"""A page of the help, as it is shown and as it is searched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 2 for a heading below the title; the anchor of what stands before the first one is empty."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a row of a table or a block of code, under its heading; `anchor` leads to it."""

    heading: Heading
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """`html` has neither the title nor scripts nor styles."""

    name: str
    title: str
    html: str
    contents: tuple[Heading, ...]
    passages: tuple[Passage, ...]

    @property
    def address(self) -> str:
        return to_address(self.name)


def to_address(name: str) -> str:
    """The address of a page or another file."""
    return f"/help/{name}" if name else "/help"
