"""`openworklist attributes`: the catalogue as the page docs/attributes.md."""

from __future__ import annotations

from collections.abc import Iterator

from openworklist.domain.attributes import ATTRIBUTES, Attribute, Level, Match

_HEAD = """\
# Attributes

Every attribute a record can hold, where the mapping presets look for it, and how scanners may ask for it.
This page is written from the catalogue by `make docs`.

*Matching* is what a scanner may put into a key; **bold** is what the standard demands of a worklist (PS3.4
table K.6-1), the rest is more than that. Where wildcards are taken, so is a single value; where ranges are,
one date or time. *Return* is the type of the return key: 1 always has a value, 2 may be empty, 3 is optional.
Places are HL7 paths in the order in which they are tried; at a code they name the first component of code,
meaning and scheme.
"""
_TITLES = {
    Level.PATIENT: "Patient and visit",
    Level.REQUEST: "Imaging service request",
    Level.PROCEDURE: "Requested procedure",
    Level.STEP: "Scheduled procedure step, in (0040,0100)",
}
_COLUMNS = (
    "attribute",
    "keyword",
    "tag",
    "VR",
    "matching",
    "return",
    "classic",
    "IHE ORM, OMG",
    "IHE OMI",
    "SIU",
)


def attributes() -> None:
    """Print the page of all attributes as Markdown."""
    print(render(), end="")


def render() -> str:
    """The page, in Markdown."""
    lines = [_HEAD]
    for level, title in _TITLES.items():
        lines += [f"## {title}", "", _row(_COLUMNS), _row("---" for _ in _COLUMNS)]
        for attribute in ATTRIBUTES:
            if attribute.level is level:
                lines += map(_row, _cells(attribute, ""))
        lines.append("")
    return "\n".join(lines)


def _cells(attribute: Attribute, prefix: str) -> Iterator[tuple[str, ...]]:
    places = map(_places, (attribute.classic, attribute.ihe_orm, attribute.ihe_omi, attribute.siu))
    name = f"{prefix}{attribute.label}"
    yield (
        name,
        attribute.keyword,
        attribute.tag_text,
        attribute.vr,
        _match(attribute),
        attribute.type,
        *places,
    )
    for item in attribute.items:
        yield from _cells(item, f"{prefix}> ")


def _match(attribute: Attribute) -> str:
    if attribute.required and attribute.match is Match.WILDCARD and attribute.vr != "PN":
        # Table K.6-1 demands wildcards of names alone.
        return f"**{Match.SINGLE}**, {attribute.match}"
    return f"**{attribute.match}**" if attribute.required else str(attribute.match)


def _places(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"
