"""What else may arrive on an HL7 port, told by the first bytes of a connection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Foreign:
    """A language that is not HL7 over MLLP, and what the sender's people should change."""

    name: str
    beginning: re.Pattern[bytes]
    hint: str


def _begins(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


_FOREIGN: Final = (
    Foreign(
        "HTTP",
        _begins(rb"(?:GET|POST|PUT|HEAD|OPTIONS|PATCH|DELETE|CONNECT) \S+ HTTP/|PRI \* HTTP/2|HTTP/1\."),
        "let the sender use MLLP over TCP; a browser or a monitor belongs on the web port",
    ),
    Foreign(
        "TLS",  # a record of type handshake that holds a ClientHello (RFC 8446 5.1, 4.1.2)
        _begins(rb"\x16\x03[\x00-\x04]..\x01"),
        "switch TLS off at the sender, or send to a port that takes TLS",
    ),
    Foreign(
        "DICOM",  # an A-ASSOCIATE-RQ (PS3.8 table 9-11)
        _begins(rb"\x01\x00....\x00[\x01-\xff]"),
        "let the scanner use the DICOM port",
    ),
    Foreign(
        "a DICOM file", _begins(rb".{128}DICM"), "send HL7 orders here; images have no place on this server"
    ),
    Foreign("SSH", _begins(rb"SSH-[12]\."), "this is not the SSH port"),
    Foreign(
        "a telnet dialogue",  # IAC WILL, WONT, DO, DONT (RFC 854)
        _begins(rb"\xff[\xfb-\xfd]|\xff\xfe.\xff"),  # 0xFF 0xFE alone begins UTF-16
        "a telnet that opens the connection shows that the port can be reached; it sends no HL7",
    ),
    Foreign(
        "XML",
        _begins(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*<(?!(?:VT|SB|0B)>)[?!A-Za-z]"),
        "let the sender write HL7 v2 with | and ^",
    ),
    Foreign(
        "JSON", _begins(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\{\s*\""), "let the sender write HL7 v2 with | and ^"
    ),
)


def find_foreign(data: bytes) -> Foreign | None:
    """The language that `data` begins in, if it is one that is known and not HL7."""
    return next((each for each in _FOREIGN if each.beginning.match(data)), None)
