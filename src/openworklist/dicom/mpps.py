"""Modality Performed Procedure Step: what N-CREATE and N-SET must and may say (PS3.4 table F.7.2-1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from openworklist.dicom.dataset import Json, has_value, items_of, text_of
from openworklist.domain.errors import StepError
from openworklist.domain.performed import StepState

SOP_CLASS: Final = 0x0008_0016
SOP_INSTANCE: Final = 0x0008_0018
STATUS: Final = 0x0040_0252
SCHEDULED_STEPS: Final = 0x0040_0270
SERIES: Final = 0x0040_0340
END: Final = (0x0040_0250, 0x0040_0251)
START: Final = (0x0040_0244, 0x0040_0245)
STATION: Final = 0x0040_0241
MODALITY: Final = 0x0008_0060
PATIENT_ID: Final = 0x0010_0020
ISSUER: Final = 0x0010_0021
FINAL: Final = "step.final"


class Rule(NamedTuple):
    """`create` is the type in an N-CREATE, `is_fixed`: an N-SET may not say it. Of an item they hold in both.

    Type 1 has a value, 2 is there, 3 may be there.
    """

    tag: int
    vr: str
    create: int
    is_fixed: bool = False
    items: tuple[Rule, ...] = ()


def _fixed(tag: int, vr: str, create: int, items: tuple[Rule, ...] = ()) -> Rule:
    return Rule(tag, vr, create, True, items)


_REFERENCE: Final = (Rule(0x0008_1150, "UI", 1), Rule(0x0008_1155, "UI", 1))
RULES: Final = (
    # Performed Procedure Step Relationship
    _fixed(SCHEDULED_STEPS, "SQ", 1, (
        Rule(0x0020_000D, "UI", 1),
        Rule(0x0008_1110, "SQ", 2, items=_REFERENCE),
        Rule(0x0008_0050, "SH", 2),
        Rule(0x0040_1001, "SH", 2),
        Rule(0x0032_1060, "LO", 2),
        Rule(0x0040_0009, "SH", 2),
        Rule(0x0040_0007, "LO", 2),
        Rule(0x0040_0008, "SQ", 2),
    )),
    _fixed(0x0010_0010, "PN", 2),
    _fixed(PATIENT_ID, "LO", 2),
    _fixed(ISSUER, "LO", 3),
    _fixed(0x0010_0024, "SQ", 3),
    _fixed(0x0010_1002, "SQ", 3),
    _fixed(0x0010_0030, "DA", 2),
    _fixed(0x0010_0040, "CS", 2),
    _fixed(0x0008_1120, "SQ", 2, _REFERENCE),
    _fixed(0x0038_0010, "LO", 3),
    _fixed(0x0038_0014, "SQ", 3),
    _fixed(0x0038_0060, "LO", 3),
    _fixed(0x0038_0062, "LO", 3),
    _fixed(0x0038_0064, "SQ", 3),
    # Performed Procedure Step Information
    _fixed(0x0040_0253, "SH", 1),
    _fixed(STATION, "AE", 1),
    _fixed(0x0040_0242, "SH", 2),
    _fixed(0x0040_0243, "SH", 2),
    _fixed(START[0], "DA", 1),
    _fixed(START[1], "TM", 1),
    Rule(STATUS, "CS", 1),
    Rule(0x0040_0254, "LO", 2),
    Rule(0x0040_0255, "LO", 2),
    Rule(0x0008_1032, "SQ", 2),
    Rule(END[0], "DA", 2),
    Rule(END[1], "TM", 2),
    # Image Acquisition Results
    _fixed(MODALITY, "CS", 1),
    _fixed(0x0020_0010, "SH", 2),
    Rule(0x0040_0260, "SQ", 2),
    Rule(SERIES, "SQ", 2, items=(
        Rule(0x0008_1050, "PN", 2),
        Rule(0x0018_1030, "LO", 1),
        Rule(0x0008_1070, "PN", 2),
        Rule(0x0020_000E, "UI", 1),
        Rule(0x0008_103E, "LO", 2),
        Rule(0x0008_0054, "AE", 2),
        Rule(0x0008_1140, "SQ", 2),
        Rule(0x0040_0220, "SQ", 2),
    )),
)  # fmt: skip
_FIXED: Final = frozenset(rule.tag for rule in RULES if rule.is_fixed)
_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    # The dotted date and the time with colons are those of the standard's forerunner (PS3.5 6.2, notes).
    "DA": re.compile(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|\d{4}\.\d\d\.\d\d"),
    "TM": re.compile(r"([01]\d|2[0-3])(:?[0-5]\d(:?[0-5]\d|:?60)?(\.\d{1,6})?)?"),
    "UI": re.compile(r"[0-9]+(\.[0-9]+)*"),
}


class Kind(StrEnum):
    NOT_ALLOWED = "may not be changed"
    NOT_CREATED = "was not in the N-CREATE"
    MISSING = "is missing"
    EMPTY = "has no value"
    INVALID = "has a value that it cannot have"


_CODES: Final = {
    Kind.NOT_ALLOWED: "step.no-such-attribute",
    Kind.NOT_CREATED: "step.no-such-attribute",
    Kind.MISSING: "step.missing-attribute",
    Kind.EMPTY: "step.missing-value",
    Kind.INVALID: "step.invalid-value",
}


class Finding(NamedTuple):
    """What is wrong with an attribute; `place` is its item. What is not `is_grave` only `strict` minds."""

    kind: Kind
    tag: int
    place: str = ""
    is_grave: bool = True

    def __str__(self) -> str:
        return f"{self.place}{show(self.tag)} {self.kind}"


def check_create(dataset: Json, checks: str) -> tuple[str, ...]:
    """What an N-CREATE lacks, in words, as far as it is let pass; StepError if it is refused."""
    # PS3.4 F.7.2.1.3: whatever else is amiss, it begins in progress.
    if read_state(dataset) is not StepState.IN_PROGRESS:
        raise _refuse(Kind.INVALID, "A performed step begins IN PROGRESS.", STATUS)
    findings = list(_check(RULES, dataset))
    return _judge(findings, checks)


def check_set(stored: Json, change: Json, checks: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The step as an N-SET makes it, and what is to be said of it; StepError if it is refused."""
    findings: list[Finding] = []
    taken: dict[str, Any] = {}
    for key, element in change.items():
        tag = int(key, 16)
        if tag in _FIXED:
            # Scanners that send all there is anew change nothing by it.
            is_same = stored.get(key) == element
            findings.append(Finding(Kind.NOT_ALLOWED, tag, is_grave=not is_same))
            continue
        if key not in stored:
            # Table F.7.2-1, note 3.
            findings.append(Finding(Kind.NOT_CREATED, tag, is_grave=False))
        taken[key] = element
    said = tuple(rule for rule in RULES if f"{rule.tag:08X}" in taken)
    findings += _check(said, taken)
    merged = {**stored, **taken}
    state = read_state(merged)
    if state.is_final:
        findings += _check_final(merged, state)
    return merged, _judge(findings, checks)


def _check_final(merged: Json, state: StepState) -> Iterable[Finding]:
    """Table F.7.2-1, "requirement type final state"."""
    for tag in END:
        if not has_value(merged, tag):
            yield Finding(Kind.EMPTY if f"{tag:08X}" in merged else Kind.MISSING, tag)
    if not items_of(merged, SERIES):
        # What was given up before the first series has none, whatever the table says.
        is_grave = state is StepState.COMPLETED
        yield Finding(Kind.EMPTY if f"{SERIES:08X}" in merged else Kind.MISSING, SERIES, is_grave=is_grave)


def _check(rules: Iterable[Rule], dataset: Json, place: str = "") -> Iterable[Finding]:
    for rule in rules:
        element = dataset.get(f"{rule.tag:08X}")
        if element is None:
            if rule.create < 3:
                # A type 2 attribute that is not there says as much as one without a value.
                yield Finding(Kind.MISSING, rule.tag, place, is_grave=rule.create == 1)
        elif not has_value(dataset, rule.tag):
            if rule.create == 1:
                yield Finding(Kind.EMPTY, rule.tag, place)
        elif (rule.vr == "SQ") is not (element.get("vr") == "SQ"):
            yield Finding(Kind.INVALID, rule.tag, place)
        elif rule.vr == "SQ":
            for number, item in enumerate(items_of(dataset, rule.tag), start=1):
                yield from _check(rule.items, item, f"{place}{show(rule.tag)} item {number}: ")
        elif not _is_valid(rule.vr, text_of(dataset, rule.tag)):
            yield Finding(Kind.INVALID, rule.tag, place)


def _is_valid(vr: str, text: str) -> bool:
    form = _FORMS.get(vr)
    if form is None:
        return True
    return form.fullmatch(text) is not None and (vr != "UI" or len(text) <= 64)


def _judge(findings: Iterable[Finding], checks: str) -> tuple[str, ...]:
    """The findings as notes; StepError for the first kind of those that are refused, with all of its tags."""
    findings = list(findings)
    if checks != "lenient":
        refused = [each for each in findings if each.is_grave or checks == "strict"]
        for kind in Kind:
            same = [each for each in refused if each.kind is kind]
            if same:
                raise _refuse(kind, f"{same[0]}.", *(each.tag for each in same))
    return tuple(dict.fromkeys(map(str, findings)))


def _refuse(kind: Kind, sentence: str, *tags: int) -> StepError:
    return StepError(sentence, tags=tuple(dict.fromkeys(tags)), code=_CODES[kind])


def read_state(dataset: Json) -> StepState:
    """(0040,0252); StepError if it is not there, empty, or none of the three."""
    if f"{STATUS:08X}" not in dataset:
        raise _refuse(Kind.MISSING, f"{show(STATUS)} {Kind.MISSING}.", STATUS)
    text = text_of(dataset, STATUS).strip().upper()
    if not text:
        raise _refuse(Kind.EMPTY, f"{show(STATUS)} {Kind.EMPTY}.", STATUS)
    try:
        return StepState(text)
    except ValueError:
        raise _refuse(Kind.INVALID, f"{show(STATUS)} is no status that there is.", STATUS) from None


def show(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
