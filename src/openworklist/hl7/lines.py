"""The lines of a message: where each segment begins, and lines that were broken joined again.

Every step looks at each letter a bounded number of times: a message of eight megabytes may be one line, or
four million.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# A segment may consist of its name alone. Any three capitals might be such a line, or a word of a wrapped
# text ("MRI"); these names are taken for segments.
_BARE_NAMES = frozenset(
    {
        *("MSH", "EVN", "SFT", "MSA", "ERR", "PID", "PD1", "NK1", "PV1", "PV2", "MRG", "ROL", "GT1", "ACC"),
        *("AL1", "DG1", "DRG", "IN1", "IN2", "IN3", "ORC", "OBR", "OBX", "NTE", "TQ1", "TQ2", "IPC", "ZDS"),
        *("SPM", "SAC", "CTD", "CTI", "BLG", "FT1", "SCH", "RGS", "AIS", "AIG", "AIL", "AIP", "RXO", "RXE"),
    }
)
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")


class Lines(NamedTuple):
    """The text of each segment; `terminator` is the first line end, `end` what follows the last segment."""

    texts: list[str]
    terminator: str
    end: str
    was_wrapped: bool = False


def cut(text: str, separator: str) -> Lines:
    """The segments of a text that begins with one.

    A line that does not begin with a segment name and the field separator continues the one before; an
    indented segment is a segment, a blank line nothing. Where segments end in CR, a lone LF belongs to the
    text of a segment.
    """
    if "\n" not in text:
        texts = []
        for line in text.split("\r"):
            if line[3:4] == separator and line[:3] in _BARE_NAMES:
                texts.append(line)
            elif line:
                if not _begins_segment(line, separator):
                    break
                texts.append(line)
        else:
            return Lines(texts, "\r", "\r" if text.endswith("\r") else "")
    terminator = _first_break(text)
    starts = [0]
    ends = []
    for begin in _segment_start(separator).finditer(text):
        ends.append(begin.start())
        starts.append(begin.end())
    ends.append(len(text))
    joined = [_join(text[start:end], terminator) for start, end in zip(starts, ends, strict=True)]
    was_wrapped = any(was_wrapped for _, was_wrapped in joined)
    return Lines(
        [line for line, _ in joined], terminator, terminator * text.endswith(("\r", "\n")), was_wrapped
    )


def first(text: str, separator: str) -> str:
    """The first segment of a text, joined again if it was broken."""
    following = _segment_start(separator).search(text)
    return _join(text[: following.start()] if following else text, _first_break(text))[0]


def _begins_segment(line: str, separator: str) -> bool:
    if line[3:4] == separator:
        return _NAME.fullmatch(line, 0, 3) is not None
    return line[:3] in _BARE_NAMES and not line[3:].strip(" ")


@lru_cache(maxsize=64)
def _segment_start(separator: str) -> re.Pattern[str]:
    # One line end a match, and a name or nothing behind it: no letter is looked at again and again.
    names = "|".join(sorted(_BARE_NAMES))
    mark = re.escape(separator)
    return re.compile(
        rf"[\r\n](?![\r\n])(?:[^\S\r\n]*(?=[A-Z][A-Z0-9]{{2}}{mark})|(?=[A-Z])(?=(?:{names}) *(?:[\r\n]|\Z)))"
    )


def _first_break(text: str) -> str:
    place = min((at for at in (text.find("\r"), text.find("\n")) if at >= 0), default=-1)
    if place < 0:
        return "\r"
    return "\r\n" if text.startswith("\r\n", place) else text[place]


def _join(piece: str, terminator: str) -> tuple[str, bool]:
    """A segment with what its lines broke off, and whether there was any."""
    if "\r" not in piece and "\n" not in piece:
        return piece, False
    if terminator == "\r":
        lines = piece.replace("\r\n", "\r").split("\r")
    else:
        lines = piece.replace("\r", "\n").split("\n")
    kept = [line for line in lines if line and not line.isspace()]
    if terminator == "\r":
        kept[-1] = kept[-1].rstrip("\n")
    return "".join(kept), len(kept) > 1
