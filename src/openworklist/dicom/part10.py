"""A stored instance as a file (PS3.10 section 7): what stands before the dataset."""

from __future__ import annotations

from struct import Struct
from typing import Final

from openworklist.dicom.sop_classes import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION

_PREAMBLE: Final = bytes(128) + b"DICM"
_SHORT: Final = Struct("<HH2sH")
_LONG: Final = Struct("<HH2s2xI")
_GROUP_LENGTH: Final = Struct("<I")


def encode_file_meta(
    sop_class: str, sop_instance: str, transfer_syntax: str, *, calling: str, called: str
) -> bytes:
    """The preamble and the file meta information of what `calling` sent to `called`."""
    body = b"".join(
        (
            _LONG.pack(2, 0x0001, b"OB", 2) + b"\0\1",
            _encode(0x0002, b"UI", sop_class),
            _encode(0x0003, b"UI", sop_instance),
            _encode(0x0010, b"UI", transfer_syntax),
            _encode(0x0012, b"UI", IMPLEMENTATION_CLASS_UID),
            _encode(0x0013, b"SH", IMPLEMENTATION_VERSION),
            _encode(0x0016, b"AE", calling),
            _encode(0x0017, b"AE", calling),
            _encode(0x0018, b"AE", called),
        )
    )
    length = _SHORT.pack(2, 0, b"UL", 4) + _GROUP_LENGTH.pack(len(body))
    return _PREAMBLE + length + body


def _encode(element: int, vr: bytes, text: str) -> bytes:
    value = text.encode("ascii", "replace")
    if len(value) % 2:
        value += b"\0" if vr == b"UI" else b" "
    return _SHORT.pack(2, element, vr, len(value)) + value


def find_sop_instance(head: bytes) -> str:
    """The SOP Instance UID in the file meta information that a file begins with; "" if it is none (7.1)."""
    if head[:132][128:] != _PREAMBLE[128:]:
        return ""
    at = len(_PREAMBLE)
    while at + 12 <= len(head):
        group, element, vr, length = _SHORT.unpack_from(head, at)
        at += 8
        if group != 2:
            return ""
        if vr in (b"OB", b"OW", b"UN", b"UT", b"SQ"):
            length, at = int.from_bytes(head[at : at + 4], "little"), at + 4
        if element == 3 and at + length <= len(head):
            return head[at : at + length].decode("ascii", "replace").rstrip("\0 ")
        at += length
    return ""
