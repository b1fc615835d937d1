"""What a row of the catalogue says of an attribute, and how rows are written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openworklist.domain.appointment import find_places


class Level(StrEnum):
    PATIENT = "patient"
    REQUEST = "request"
    PROCEDURE = "procedure"
    STEP = "step"  # inside the single item of Scheduled Procedure Step Sequence


class Match(StrEnum):
    """What a query's key may be, beside empty (PS3.4 C.2.2.2)."""

    SINGLE = "single value"
    WILDCARD = "wildcard"
    RANGE = "range"
    UID_LIST = "list of UID"
    SEQUENCE = "sequence"
    UNIVERSAL = "universal only"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Attribute:
    """`classic`, `ihe_orm`, `ihe_omi`, `siu`: where a mapping preset looks, HL7 paths in order of preference.

    A path at a sequence of codes names the first component of its triple (`OBR-4.4` is .4, .5, .6), at an
    issuer the component whose subcomponents identify the authority. `required` says that an SCP must match on
    it, `type` is the return key type of K.6-1. Keywords without a tag live in our record only. `identifies`:
    cut, two of them could become one, so one that is too long is answered shortened (domain.shortening).
    Attributes outside of the catalogue are made in domain.extra.
    """

    name: str
    keyword: str
    tag: int
    vr: str
    level: Level
    label: str
    match: Match
    type: str = "3"
    required: bool = False
    searchable: bool = False  # has a column of its own
    multiple: bool = False  # several values, joined by a backslash
    identifies: bool = False
    classic: tuple[str, ...] = ()
    ihe_orm: tuple[str, ...] = ()
    ihe_omi: tuple[str, ...] = ()
    siu: tuple[str, ...] = ()
    items: tuple[Attribute, ...] = ()  # what an item of this sequence holds
    creator: str = ""  # of a private attribute

    @property
    def is_sequence(self) -> bool:
        return self.vr == "SQ"

    @property
    def tag_text(self) -> str:
        return f"({self.tag >> 16:04X},{self.tag & 0xFFFF:04X})" if self.tag else ""


# The kind of matching that PS3.4 C.2.2.2 allows for each VR; of a number single values.
MATCH_BY_VR = {
    "AE": Match.WILDCARD,
    "AS": Match.SINGLE,
    "CS": Match.WILDCARD,
    "DA": Match.RANGE,
    "DS": Match.SINGLE,
    "DT": Match.SINGLE,
    "LO": Match.WILDCARD,
    "LT": Match.WILDCARD,
    "PN": Match.WILDCARD,
    "SH": Match.WILDCARD,
    "SQ": Match.SEQUENCE,
    "ST": Match.WILDCARD,
    "TM": Match.RANGE,
    "UC": Match.WILDCARD,
    "UI": Match.UID_LIST,
    "US": Match.SINGLE,
    "UT": Match.WILDCARD,
    "UR": Match.SINGLE,
}


def _snake(keyword: str) -> str:
    letters = []
    for position, letter in enumerate(keyword):
        before = keyword[position - 1] if position else ""
        after = keyword[position + 1] if position + 1 < len(keyword) else ""
        begins = letter.isupper() and (not before.isupper() or (after.islower() and after != "s"))
        letters.append(("_" if position and begins else "") + letter.lower())
    return "".join(letters)


def make_row(
    level: Level,
    keyword: str,
    tag: int,
    vr: str,
    label: str,
    type: str = "3",
    *,
    required: bool = False,
    searchable: bool = False,
    multiple: bool = False,
    identifies: bool = False,
    match: Match | None = None,
    classic: str = "",
    ihe: str = "",
    omi: str | None = None,
    items: tuple[Attribute, ...] = (),
) -> Attribute:
    """A row; paths are one text with blanks between, `omi` is given only where it differs from `ihe`.

    Those of appointments stand in domain.appointment.
    """
    name = _snake(keyword)
    return Attribute(
        name=name,
        keyword=keyword,
        tag=tag,
        vr=vr,
        level=level,
        label=label,
        match=match or MATCH_BY_VR[vr],
        type=type,
        required=required,
        searchable=searchable,
        multiple=multiple,
        identifies=identifies,
        classic=tuple(classic.split()),
        ihe_orm=tuple(ihe.split()),
        ihe_omi=tuple((ihe if omi is None else omi).split()),
        siu=find_places(name, ihe.split()),
        items=items,
    )
