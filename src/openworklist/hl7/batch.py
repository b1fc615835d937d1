"""Files with many messages: one after the other, framed or not, or in an FHS/BHS batch (HL7 v2.9 2.10.3)."""

from __future__ import annotations

import re
from typing import Final

_BOM: Final = b"\xef\xbb\xbf"
_LINE = re.compile(rb"[^\r\n]+[\r\n]*")
_HEADER = re.compile(rb"MSH[^A-Za-z0-9\s]")
_ENVELOPE = re.compile(rb"(?:FHS|BHS|BTS|FTS)(?:[^A-Za-z0-9\s]|\s*$)")
_SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{2}(?:[^A-Za-z0-9\s]|\s*$)")
_FRAMING = bytes.maketrans(b"\x0b\x1c", b"\r\r")


def split_messages(raw: bytes) -> list[bytes]:
    """The messages of a file in order, as they stand there, without framing and batch envelope.

    What precedes the first MSH is the first message, and so is what follows the header of a batch without
    one, so that what is none is refused and not ignored; a file of blanks has no messages.
    """
    raw = raw.removeprefix(_BOM).translate(_FRAMING)
    messages: list[list[bytes]] = []
    is_envelope = False
    is_open = False  # whether a line belongs to the last message
    for match in _LINE.finditer(raw):
        line = match[0]
        if _ENVELOPE.match(line):
            is_envelope, is_open = True, False
        elif _HEADER.match(line):
            messages.append([line])
            is_envelope, is_open = False, True
        elif line.strip() and (not is_envelope or _SEGMENT.match(line)):
            # Only a line that is no segment may be the rest of a broken BHS.
            if not is_open:
                messages.append([])
            messages[-1].append(line)
            is_envelope, is_open = False, True
    return [b"".join(lines) for lines in messages]
