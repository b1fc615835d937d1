"""What MSH-11 and MSH-12 say of a message: whether it is meant for real, and in which HL7 it is written."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from openworklist.domain.errors import UnsupportedMessage
from openworklist.hl7.ack import Header

# HL7 table 0103; N came with v2.7.
_MODES: Final = {"D": "debugging", "T": "training", "N": "not for production"}
_VERSION = re.compile(r"\s*[vV]?(\d+)(?![\d])")
# 2.5.1 without its points is seen in the wild.
_WITHOUT_POINTS = re.compile(r"2[1-9]\d?")


def check(header: Header, refused: Set[str] = frozenset()) -> tuple[str, ...]:
    """Warnings about MSH-11 and MSH-12; UnsupportedMessage for another HL7 than v2 and for `refused` modes.

    `refused` are values of table 0103, like T. A message of training, debugging or no known meaning is taken
    like any other elsewhere: it is told from a real one by the warning alone.
    """
    mode, version = header.field(11), header.field(12)
    if mode == "P" and version.startswith("2."):
        return ()
    warnings = (_check_mode(header, mode, refused), _check_version(version))
    return tuple(warning for warning in warnings if warning)


def _check_mode(header: Header, field: str, refused: Set[str]) -> str:
    component = header.delimiters.component
    mode = (field.split(component, 1)[0] if component else field).strip().upper()
    meaning = f"{mode} ({_MODES[mode]})" if mode in _MODES else repr(mode[:20])
    if mode in refused:
        raise UnsupportedMessage(
            f"Messages whose MSH-11 is {meaning} are not taken here.",
            where="MSH-11",
            hint="send P for what is meant for real, or let the site take the others",
            code="message.not-for-production",
        )
    return f"MSH-11 is {meaning}: the message was taken like any other." if mode and mode != "P" else ""


def _check_version(version: str) -> str:
    match = _VERSION.match(version)
    if match is None:
        shown = repr(version[:20])
        return f"MSH-12 is {shown}, which is no version of HL7: read as v2." if version.strip() else ""
    if match[1] == "2" or _WITHOUT_POINTS.fullmatch(match[1]):
        return ""
    raise UnsupportedMessage(
        f"MSH-12 says HL7 {version.strip()[:20]}: only v2 is taken.",
        where="MSH-12",
        hint="send HL7 v2 and its number, like 2.5.1",
        code="message.unsupported-version",
    )
