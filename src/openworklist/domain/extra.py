"""Attributes outside of the catalogue, which a mapping profile adds by tag or keyword."""

from __future__ import annotations

import re
from typing import Final

from openworklist.domain.attribute import MATCH_BY_VR, Attribute, Level, Match
from openworklist.domain.attributes import BY_NAME, BY_TAG
from openworklist.domain.errors import MappingError

STEP_PREFIX: Final = "step."  # of one that stands in the scheduled step
_TAG: Final = re.compile(r"\(?([0-9A-F]{4}),? ?([0-9A-F]{4})\)?", re.IGNORECASE)
_KEYWORD: Final = re.compile(r"[A-Z][A-Za-z0-9]+")
_NAME: Final = re.compile(r"(00400100\.)?([0-9A-F]{8})(?::(.+))?", re.DOTALL)
_STEPS: Final = 0x0040_0100
# The VRs that a value from a message can be written in. Bytes and sequences are none.
_TEXTS: Final = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
)
_NUMBERS: Final = frozenset(("FD", "FL", "SL", "SS", "UL", "US"))
_ONE_VALUE: Final = frozenset(("LT", "PN", "ST", "UR", "UT"))
_IDENTIFIERS: Final = ("ID", "IDs", "Identifier", "SerialNumber")
# Of a dataset, not of a patient or an order: PS3.4 K.6.1.2 and PS3.5 7.1.
_RESERVED: Final = frozenset((0x0008_0005, 0x0008_0052, 0x0008_0201, _STEPS))
_CODE: Final = "mapping.attribute-unknown"


def is_extra(attribute: Attribute) -> bool:
    return attribute.name not in BY_NAME


def read_attribute(text: str, *, vr: str = "", creator: str = "") -> Attribute:
    """The attribute that people name: in the catalogue `modality`, outside `ProtocolName`, `(0018,1030)`.

    `step.` before it sets one outside the catalogue into the scheduled step. The VR is that of PS3.6 where
    this has one; a private attribute, written in block 10 as `(0019,1001)`, needs it, and its creator.
    MappingError if there is no such attribute, or none that a text could be the value of.
    """
    attribute = BY_NAME.get(text)
    if attribute is None:
        attribute = _read_other(text.removeprefix(STEP_PREFIX), text.startswith(STEP_PREFIX), vr, creator)
    if not is_extra(attribute) and (vr or creator or text.startswith(STEP_PREFIX)):
        raise MappingError(
            f"{attribute.label} is in the catalogue: its VR and its level are settled.",
            hint=f"call it {attribute.name}",
        )
    return attribute


def write_attribute(attribute: Attribute) -> str:
    """What people name it, for read_attribute."""
    if not is_extra(attribute):
        return attribute.name
    prefix = STEP_PREFIX if attribute.level is Level.STEP else ""
    return prefix + (attribute.keyword or attribute.tag_text)


def find_attribute(name: str) -> Attribute | None:
    """The attribute of a name in a record's values, in the catalogue or not; of some the VR is guessed."""
    known = BY_NAME.get(name)
    found = _NAME.fullmatch(name) if known is None else None
    if found is None:
        return known
    tag = int(found[2], 16)
    vr, multiple, keyword, label = _look_up(tag)
    return _make(tag, vr.split(" or ")[0] or "LO", multiple, keyword, label, bool(found[1]), found[3] or "")


def name_of(name: str) -> str:
    """What people call the attribute of a name in a record's values."""
    attribute = find_attribute(name)
    return attribute.label if attribute else name


def has_settled_vr(attribute: Attribute) -> bool:
    """Whether PS3.6 says which VR it has."""
    return _look_up(attribute.tag)[0] == attribute.vr


def _read_other(text: str, in_step: bool, vr: str, creator: str) -> Attribute:
    tag = _read_tag(text)
    if tag is None:
        raise MappingError(
            f"There is no attribute {text!r}.",
            hint="`openworklist attributes` lists them; others are written as (0018,1030) or ProtocolName",
            code=_CODE,
        )
    if tag in BY_TAG:
        return BY_TAG[tag]
    _check_tag(tag, creator)
    settled, multiple, keyword, label = _look_up(tag)
    settled = vr if vr in settled.split(" or ") else settled
    if vr and settled and vr != settled:
        raise MappingError(f"{label} has the VR {settled}, not {vr}.", where="vr", code=_CODE)
    vr = vr or settled
    if vr not in _TEXTS | _NUMBERS:
        raise MappingError(
            f"{label} is no attribute that a rule can fill: its VR is {vr}."
            if vr
            else f"{label} is in no dictionary: its VR has to be said.",
            where="" if vr else "vr",
            hint="" if vr == "SQ" else f"give it one of {', '.join(sorted(_TEXTS | _NUMBERS))}",
            code=_CODE,
        )
    return _make(tag, vr, multiple, keyword, label, in_step, creator)


def _read_tag(text: str) -> int | None:
    found = _TAG.fullmatch(text)
    if found is not None:
        return int(found[1] + found[2], 16)
    for attribute in BY_NAME.values():
        if attribute.keyword == text and attribute.tag:
            return attribute.tag
    if not _KEYWORD.fullmatch(text):
        return None
    from pydicom.datadict import tag_for_keyword  # it takes long to load, and few profiles need it

    tag = tag_for_keyword(text)
    return None if tag is None else int(tag)


def _check_tag(tag: int, creator: str) -> None:
    group, element = tag >> 16, tag & 0xFFFF
    is_private = bool(group & 1)
    if tag in _RESERVED or group < 8 or group >= 0xFFFE or not element or (is_private and element < 0x1000):
        raise MappingError(f"({group:04X},{element:04X}) is no attribute of an order.", code=_CODE)
    if is_private and (element >> 8 != 0x10 or not creator):
        raise MappingError(
            "A private attribute needs its creator, and is written in block 10.",
            where="creator",
            hint="write it like (0019,1001), with the creator that stands in (0019,0010)",
            code=_CODE,
        )
    if creator and not is_private:
        raise MappingError("Only a private attribute has a creator.", where="creator", code=_CODE)


def _look_up(tag: int) -> tuple[str, bool, str, str]:
    """VR, whether it may have several values, keyword and label as PS3.6 has them."""
    from pydicom.datadict import dictionary_description, dictionary_VM, dictionary_VR, keyword_for_tag

    try:
        vr, multiplicity, label = dictionary_VR(tag), dictionary_VM(tag), dictionary_description(tag)
    except KeyError:
        return "", False, "", f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    return str(vr), multiplicity != "1", str(keyword_for_tag(tag)), str(label)


def _make(
    tag: int, vr: str, multiple: bool, keyword: str, label: str, in_step: bool, creator: str
) -> Attribute:
    name = f"{'00400100.' if in_step else ''}{tag:08X}{':' if creator else ''}{creator}"
    return Attribute(
        name=name,
        keyword=keyword,
        tag=tag,
        vr=vr,
        level=Level.STEP if in_step else Level.PROCEDURE,
        label=label,
        match=Match.UNIVERSAL if vr in ("FD", "FL") else MATCH_BY_VR.get(vr, Match.SINGLE),
        multiple=multiple and vr not in _ONE_VALUE,
        identifies=vr in ("LO", "SH") and keyword.endswith(_IDENTIFIERS),
        creator=creator,
    )
