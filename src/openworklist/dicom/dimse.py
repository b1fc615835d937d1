"""The command sets of PS3.7: every command to read, the answers of our services to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from struct import Struct
from typing import Final

from openworklist.dicom.items import decode_text
from openworklist.domain.errors import PeerError

MALFORMED: Final = "dicom.command-malformed"

_ELEMENT: Final = Struct("<HHI")  # PS3.7 6.3.1: always Implicit VR Little Endian
_US: Final = Struct("<H")
_AT: Final = Struct("<HH")

GROUP_LENGTH: Final = 0x0000_0000
AFFECTED_SOP_CLASS_UID: Final = 0x0000_0002
REQUESTED_SOP_CLASS_UID: Final = 0x0000_0003
COMMAND_FIELD: Final = 0x0000_0100
MESSAGE_ID: Final = 0x0000_0110
MESSAGE_ID_RESPONDED_TO: Final = 0x0000_0120
PRIORITY: Final = 0x0000_0700
DATA_SET_TYPE: Final = 0x0000_0800
STATUS: Final = 0x0000_0900
OFFENDING_ELEMENT: Final = 0x0000_0901
ERROR_COMMENT: Final = 0x0000_0902
ERROR_ID: Final = 0x0000_0903
AFFECTED_SOP_INSTANCE_UID: Final = 0x0000_1000
REQUESTED_SOP_INSTANCE_UID: Final = 0x0000_1001
ATTRIBUTE_IDENTIFIER_LIST: Final = 0x0000_1005

_UIDS: Final = frozenset(
    {
        AFFECTED_SOP_CLASS_UID,
        REQUESTED_SOP_CLASS_UID,
        AFFECTED_SOP_INSTANCE_UID,
        REQUESTED_SOP_INSTANCE_UID,
    }
)
_NO_DATA_SET: Final = 0x0101
_DATA_SET: Final = 0x0001
_RESPONSE: Final = 0x8000
_LONGEST_COMMENT: Final = 64  # LO, PS3.7 C.4.1
_MOST_TAGS: Final = 100  # that an answer lists
_KEPT: Final = 256  # bytes of the longest command worth remembering

Element = int | str | tuple[int, ...]


class CommandField(IntEnum):
    """PS3.7 table E.1-1; a response has bit 15 set."""

    C_STORE_RQ = 0x0001
    C_GET_RQ = 0x0010
    C_FIND_RQ = 0x0020
    C_MOVE_RQ = 0x0021
    C_ECHO_RQ = 0x0030
    C_CANCEL_RQ = 0x0FFF
    N_EVENT_REPORT_RQ = 0x0100
    N_GET_RQ = 0x0110
    N_SET_RQ = 0x0120
    N_ACTION_RQ = 0x0130
    N_CREATE_RQ = 0x0140
    N_DELETE_RQ = 0x0150


@dataclass(frozen=True, slots=True)
class Command:
    """A command set that was read. `message_id` is the one responded to in responses and C-CANCEL.

    `elements` holds every value as it came, by tag.
    """

    field: int
    message_id: int
    sop_class: str
    has_dataset: bool
    elements: Mapping[int, bytes]

    @property
    def is_response(self) -> bool:
        return bool(self.field & _RESPONSE)

    def find_number(self, tag: int) -> int | None:
        """The value of a US element; PeerError if it is none."""
        return _find_number(self.elements, tag)

    def find_text(self, tag: int) -> str | None:
        value = self.elements.get(tag)
        return None if value is None else decode_text(value)

    def find_tags(self, tag: int) -> tuple[int, ...]:
        """The tags of an AT element, none if it is not there; what is left over at its end means nothing."""
        value = self.elements.get(tag, b"")
        whole = value[: len(value) // 4 * 4]
        return tuple(group << 16 | element for group, element in _AT.iter_unpack(whole))


def decode(data: bytes) -> Command:
    """A whole command set. PeerError if it cannot be read or lacks what every command has."""
    # Scanners ask with the same command again and again.
    return _decode_once(data) if len(data) <= _KEPT else _decode(data)


def encode(elements: Mapping[int, Element]) -> bytes:
    """A command set with its group length: numbers are written as US, texts as UI, AE or LO, tuples as AT."""
    body = b"".join(_encode_element(tag, elements[tag]) for tag in sorted(elements))
    return _encode_element_bytes(GROUP_LENGTH, len(body).to_bytes(4, "little")) + body


def encode_response(
    command: Command,
    status: int,
    *,
    error_comment: str = "",
    offending: tuple[int, ...] = (),
    has_dataset: bool = False,
    instance: str = "",
    error_id: int | None = None,
    attributes: tuple[int, ...] = (),
) -> bytes:
    """The response to a request, whichever it is. The comment is cut to 64 characters of ASCII, at a word.

    `instance` is the Affected SOP Instance UID, `attributes` the Attribute Identifier List.
    """
    elements: dict[int, Element] = {
        COMMAND_FIELD: command.field | _RESPONSE,
        MESSAGE_ID_RESPONDED_TO: command.message_id,
        DATA_SET_TYPE: _DATA_SET if has_dataset else _NO_DATA_SET,
        STATUS: status,
    }
    if command.sop_class:
        elements[AFFECTED_SOP_CLASS_UID] = command.sop_class
    if offending:
        elements[OFFENDING_ELEMENT] = offending
    if error_comment:
        elements[ERROR_COMMENT] = _to_comment(error_comment)
    if instance:
        elements[AFFECTED_SOP_INSTANCE_UID] = instance
    if error_id is not None:
        elements[ERROR_ID] = error_id
    if attributes:
        elements[ATTRIBUTE_IDENTIFIER_LIST] = attributes[:_MOST_TAGS]
    return encode(elements)


def _to_comment(text: str) -> str:
    # A backslash would make two values of it.
    text = text.replace("\\", "/").encode("ascii", "replace").decode()
    if len(text) <= _LONGEST_COMMENT:
        return text
    words, blank, _ = text[: _LONGEST_COMMENT + 1].rpartition(" ")
    return words if blank else text[:_LONGEST_COMMENT]


@lru_cache(maxsize=4096)
def encode_find_response(sop_class: str, message_id: int, status: int, has_identifier: bool) -> bytes:
    """A C-FIND-RSP without comment, as thousands are sent; `sop_class` is one that we accept, not any."""
    return encode(
        {
            AFFECTED_SOP_CLASS_UID: sop_class,
            COMMAND_FIELD: CommandField.C_FIND_RQ | _RESPONSE,
            MESSAGE_ID_RESPONDED_TO: message_id,
            DATA_SET_TYPE: _DATA_SET if has_identifier else _NO_DATA_SET,
            STATUS: status,
        }
    )


def _decode(data: bytes) -> Command:
    elements = _decode_elements(data)
    field = _get_number(elements, COMMAND_FIELD)
    is_request = not field & _RESPONSE and field != CommandField.C_CANCEL_RQ
    sop_class = elements.get(AFFECTED_SOP_CLASS_UID) or elements.get(REQUESTED_SOP_CLASS_UID, b"")
    return Command(
        field,
        _get_number(elements, MESSAGE_ID if is_request else MESSAGE_ID_RESPONDED_TO),
        decode_text(sop_class),
        _get_number(elements, DATA_SET_TYPE) != _NO_DATA_SET,
        elements,
    )


_decode_once = lru_cache(maxsize=1024)(_decode)


def _decode_elements(data: bytes) -> dict[int, bytes]:
    elements: dict[int, bytes] = {}
    start, end = 0, len(data)
    while start < end:
        if end - start < 8:
            raise PeerError("A command ends inside an element.", code=MALFORMED)
        group, element, length = _ELEMENT.unpack_from(data, start)
        start += 8
        if group:
            raise PeerError(
                "A command holds an element of another group.", where=_place(group, element), code=MALFORMED
            )
        if end - start < length:
            raise PeerError(
                f"An element is said to be {length} bytes long, {end - start} follow.",
                where=_place(group, element),
                code=MALFORMED,
            )
        elements[element] = data[start : start + length]
        start += length
    return elements


def _find_number(elements: Mapping[int, bytes], tag: int) -> int | None:
    value = elements.get(tag)
    if value is None:
        return None
    if len(value) != 2:
        raise PeerError(f"It is {len(value)} bytes long instead of 2.", where=_place(0, tag), code=MALFORMED)
    return int(_US.unpack(value)[0])


def _get_number(elements: Mapping[int, bytes], tag: int) -> int:
    number = _find_number(elements, tag)
    if number is None:
        raise PeerError(
            "A command lacks an element that every command has.", where=_place(0, tag), code=MALFORMED
        )
    return number


def _encode_element(tag: int, value: Element) -> bytes:
    if isinstance(value, int):
        return _encode_element_bytes(tag, _US.pack(value))
    if isinstance(value, tuple):
        return _encode_element_bytes(
            tag, b"".join(_US.pack(at >> 16) + _US.pack(at & 0xFFFF) for at in value)
        )
    text = value.encode("ascii")
    padding = (b"\0" if tag in _UIDS else b" ") * (len(text) % 2)
    return _encode_element_bytes(tag, text + padding)


def _encode_element_bytes(tag: int, value: bytes) -> bytes:
    return _ELEMENT.pack(tag >> 16, tag & 0xFFFF, len(value)) + value


def _place(group: int, element: int) -> str:
    return f"({group:04X},{element:04X})"
