"""Search parameters of DICOM's web services as an identifier of C-FIND (PS3.18 8.3.4, PS3.4 K.4.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from openworklist.dicom.dataset import from_json
from openworklist.dicom.fitting import NUMBERS
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.attribute import Attribute, Level, Match
from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.errors import IdentifierError

STEPS: Final = "00400100"
_STEPS_KEYWORD: Final = "ScheduledProcedureStepSequence"
_TAG: Final = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)
_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_ALWAYS: Final = frozenset({"1", "1C", "2", "2C"})  # return key types of PS3.4 table K.6-1
Dataset = dict[str, Any]


def to_identifier(
    match: Mapping[str, str], included: Iterable[str], extras: Iterable[Attribute] = ()
) -> bytes:
    """The identifier, in Explicit VR Little Endian, of a search.

    `match` has values by attribute: `PatientID`, `00100020`, `ScheduledProcedureStepSequence.Modality`; those
    of the scheduled step may leave the sequence out. Returned are these, those in `included`, `all` for every
    one, and what PS3.4 table K.6-1 always wants. IdentifierError for an attribute that no worklist has.
    """
    known = _make_catalogue(extras)
    dataset: Dataset = {STEPS: {"vr": "SQ", "Value": [{}]}}
    wanted = list(included)
    for path in _find_returned(known, "all" in wanted):
        _put(dataset, path, "")
    for name in wanted:
        if name != "all":
            _put(dataset, _resolve(name, known), "")
    paths: set[_Path] = set()
    for name, value in match.items():
        path = _resolve(name, known)
        if path in paths:
            raise IdentifierError(
                f"{name[:80]} is there under another name too.",
                hint="say it once",
                code="request.bad-parameter",
            )
        paths.add(path)
        _put(dataset, path, value)
    return from_json(dataset, EXPLICIT_LITTLE_ENDIAN)


def list_names() -> list[str]:
    """The parameters that match, as they are written with keywords."""
    names = []
    for each in ATTRIBUTES:
        if each.tag and each.match is not Match.NONE and not each.is_sequence:
            names.append(f"{_STEPS_KEYWORD}.{each.keyword}" if each.level is Level.STEP else each.keyword)
        place = f"{_STEPS_KEYWORD}." if each.level is Level.STEP else ""
        names += [f"{place}{each.keyword}.{item.keyword}" for item in each.items if not item.is_sequence]
    return names


Catalogue = dict[tuple[str, str], Attribute]  # by "" or STEPS, and keyword or tag
_Path = tuple[Attribute | None, ...]  # None stands for the Scheduled Procedure Step Sequence


def _make_catalogue(extras: Iterable[Attribute]) -> Catalogue:
    found: Catalogue = {}
    for each in (*ATTRIBUTES, *(one for one in extras if not one.creator)):
        if each.tag and each.match is not Match.NONE:
            place = STEPS if each.level is Level.STEP else ""
            found[place, each.keyword] = found[place, f"{each.tag:08X}"] = each
    return found


def _find_returned(known: Catalogue, is_all: bool) -> Iterable[_Path]:
    for (place, name), each in known.items():
        if _TAG.fullmatch(name) and (is_all or each.type in _ALWAYS):
            yield (None, each) if place else (each,)


def _resolve(name: str, known: Catalogue) -> _Path:
    first, *rest = name.split(".")
    key = first.upper() if _TAG.fullmatch(first) else first
    if key in (STEPS, _STEPS_KEYWORD):
        return (None, *_descend(known.get((STEPS, _to_key(rest[0]))), rest[1:], name)) if rest else (None,)
    found = known.get(("", key))
    if found is not None:
        return _descend(found, rest, name)
    return (None, *_descend(known.get((STEPS, key)), rest, name))


def _descend(attribute: Attribute | None, rest: list[str], name: str) -> _Path:
    if attribute is None:
        raise IdentifierError(
            f"No worklist has the attribute {name[:80]!r}.",
            hint="write a keyword or a tag of docs/attributes.md",
            code="request.bad-parameter",
        )
    if not rest:
        return (attribute,)
    key = _to_key(rest[0])
    item = next((each for each in attribute.items if key in (each.keyword, f"{each.tag:08X}")), None)
    return (attribute, *_descend(item, rest[1:], name))


def _to_key(name: str) -> str:
    return name.upper() if _TAG.fullmatch(name) else name


def _put(dataset: Dataset, path: _Path, text: str) -> None:
    first, *rest = path
    if first is None:
        item: Dataset = dataset[STEPS]["Value"][0]
        if rest:
            _put(item, tuple(rest), text)
        elif text:
            raise _unfit_sequence()
        return
    tag = f"{first.tag:08X}"
    if first.is_sequence:
        element = dataset.setdefault(tag, {"vr": "SQ"})
        if rest:
            _put(element.setdefault("Value", [{}])[0], tuple(rest), text)
        elif text:
            raise _unfit(first)
        return
    if text or tag not in dataset:
        dataset[tag] = {"vr": first.vr} | ({"Value": _to_values(first, text)} if text else {})


def _to_values(attribute: Attribute, text: str) -> list[Any]:
    if "\0" in text or len(text) > 2_000:
        raise _unfit(attribute)
    if attribute.vr in NUMBERS:
        if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65_536):
            raise _unfit(attribute)
        return [int(text)]
    if attribute.vr == "UI":
        # 8.3.4.1: a list of UIDs has commas or backslashes between.
        return [each.strip() for each in text.replace("\\", ",").split(",")]
    if attribute.vr == "PN":
        return [dict(zip(_GROUPS, text.split("="), strict=False))]
    return [text]


def _unfit_sequence() -> IdentifierError:
    return IdentifierError(
        f"{_STEPS_KEYWORD} cannot be searched by this.",
        hint="name an attribute in it",
        code="request.bad-parameter",
    )


def _unfit(attribute: Attribute) -> IdentifierError:
    return IdentifierError(
        f"{attribute.keyword} cannot be searched by this.", tag=attribute.tag, code="request.bad-parameter"
    )
