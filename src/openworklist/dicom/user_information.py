"""User information inside A-ASSOCIATE-RQ and -AC (PS3.7 D.3.3), to and from bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import Final

from openworklist.dicom.items import (
    USER_INFORMATION_ITEM,
    decode_text,
    each_item,
    encode_item,
    encode_text_item,
    malformed,
)

DEFAULT_MAX_LENGTH: Final = 16_384  # for a peer that leaves out the mandatory item of PS3.8 D.1
_SHORT: Final = Struct(">H")
_TWO_SHORTS: Final = Struct(">HH")
_LONG: Final = Struct(">I")
_MAX_LENGTH: Final = 0x51
_IMPLEMENTATION_CLASS: Final = 0x52
_ASYNC_WINDOW: Final = 0x53
_ROLE_SELECTION: Final = 0x54
_IMPLEMENTATION_VERSION: Final = 0x55
_EXTENDED: Final = 0x56
_COMMON_EXTENDED: Final = 0x57
_IDENTITY: Final = 0x58
_IDENTITY_ANSWER: Final = 0x59


@dataclass(frozen=True, slots=True)
class RoleSelection:
    """PS3.7 D.3.3.4: the roles of the requestor."""

    sop_class: str
    is_scu: bool
    is_scp: bool


@dataclass(frozen=True, slots=True)
class ExtendedNegotiation:
    """PS3.7 D.3.3.5."""

    sop_class: str
    information: bytes


@dataclass(frozen=True, slots=True)
class CommonExtendedNegotiation:
    """PS3.7 D.3.3.6."""

    sop_class: str
    service_class: str
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UserIdentity:
    """PS3.7 D.3.3.7: who uses the peer. What may be a passcode is never shown."""

    kind: int
    wants_answer: bool
    primary: bytes = field(repr=False)
    secondary: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class UserInformation:
    """PS3.7 D.3.3; `max_length` is that of the P-DATA-TF its sender takes, 0 for any."""

    max_length: int = DEFAULT_MAX_LENGTH
    implementation_class: str = ""
    implementation_version: str = ""
    async_window: tuple[int, int] | None = None
    roles: tuple[RoleSelection, ...] = ()
    extended: tuple[ExtendedNegotiation, ...] = ()
    common_extended: tuple[CommonExtendedNegotiation, ...] = ()
    identity: UserIdentity | None = None
    identity_answer: bytes | None = None


def decode_user_information(data: bytes) -> UserInformation:
    """PS3.7 D.3.3; items of types that are not known are skipped (PS3.8 9.3.1)."""
    where = "user information"
    max_length = DEFAULT_MAX_LENGTH
    implementation_class = implementation_version = ""
    window: tuple[int, int] | None = None
    roles: list[RoleSelection] = []
    extended: list[ExtendedNegotiation] = []
    common: list[CommonExtendedNegotiation] = []
    identity: UserIdentity | None = None
    identity_answer: bytes | None = None
    for kind, content in each_item(data, 0, where):
        if kind == _MAX_LENGTH:
            max_length = _LONG.unpack(_exactly(content, 4, "maximum length"))[0]
        elif kind == _IMPLEMENTATION_CLASS:
            implementation_class = decode_text(content)
        elif kind == _IMPLEMENTATION_VERSION:
            implementation_version = decode_text(content)
        elif kind == _ASYNC_WINDOW:
            window = _TWO_SHORTS.unpack(_exactly(content, 4, "asynchronous operations window"))
        elif kind == _ROLE_SELECTION:
            roles.append(_decode_role(content))
        elif kind == _EXTENDED:
            sop_class, end = _take(content, 0, "extended negotiation")
            extended.append(ExtendedNegotiation(decode_text(sop_class), content[end:]))
        elif kind == _COMMON_EXTENDED:
            common.append(_decode_common(content))
        elif kind == _IDENTITY:
            identity = _decode_identity(content)
        elif kind == _IDENTITY_ANSWER:
            identity_answer = _take(content, 0, "user identity")[0]
    return UserInformation(
        max_length,
        implementation_class,
        implementation_version,
        window,
        tuple(roles),
        tuple(extended),
        tuple(common),
        identity,
        identity_answer,
    )


def encode_user_information(user: UserInformation) -> bytes:
    # PS3.7 D.3.3 leaves the order free; by type is what most peers send and all have seen.
    parts = [
        encode_item(_MAX_LENGTH, _LONG.pack(user.max_length)),
        encode_text_item(_IMPLEMENTATION_CLASS, user.implementation_class),
    ]
    if user.async_window is not None:
        parts.append(encode_item(_ASYNC_WINDOW, _TWO_SHORTS.pack(*user.async_window)))
    for role in user.roles:
        roles = bytes((role.is_scu, role.is_scp))
        parts.append(encode_item(_ROLE_SELECTION, _counted(role.sop_class.encode()) + roles))
    if user.implementation_version:
        parts.append(encode_text_item(_IMPLEMENTATION_VERSION, user.implementation_version))
    for extended in user.extended:
        parts.append(encode_item(_EXTENDED, _counted(extended.sop_class.encode()) + extended.information))
    for common in user.common_extended:
        related = b"".join(_counted(uid.encode()) for uid in common.related)
        names = _counted(common.sop_class.encode()) + _counted(common.service_class.encode())
        parts.append(encode_item(_COMMON_EXTENDED, names + _counted(related)))
    if user.identity is not None:
        head = bytes((user.identity.kind, user.identity.wants_answer))
        fields = _counted(user.identity.primary) + _counted(user.identity.secondary)
        parts.append(encode_item(_IDENTITY, head + fields))
    if user.identity_answer is not None:
        parts.append(encode_item(_IDENTITY_ANSWER, _counted(user.identity_answer)))
    return encode_item(USER_INFORMATION_ITEM, b"".join(parts))


def _decode_role(data: bytes) -> RoleSelection:
    sop_class, end = _take(data, 0, "role selection")
    roles = _exactly(data[end:], 2, "role selection")
    return RoleSelection(decode_text(sop_class), roles[0] == 1, roles[1] == 1)


def _decode_common(data: bytes) -> CommonExtendedNegotiation:
    where = "common extended negotiation"
    sop_class, end = _take(data, 0, where)
    service_class, end = _take(data, end, where)
    related = _take(data, end, where)[0]
    uids: list[str] = []
    end = 0
    while end < len(related):
        uid, end = _take(related, end, where)
        uids.append(decode_text(uid))
    return CommonExtendedNegotiation(decode_text(sop_class), decode_text(service_class), tuple(uids))


def _decode_identity(data: bytes) -> UserIdentity:
    where = "user identity"
    if len(data) < 2:
        raise malformed("It ends before its type.", where)
    primary, end = _take(data, 2, where)
    secondary = _take(data, end, where)[0]
    return UserIdentity(data[0], data[1] == 1, primary, secondary)


def _take(data: bytes, start: int, where: str) -> tuple[bytes, int]:
    """The bytes behind a 16 bit count at `start`, and where they end."""
    begin = start + 2
    if len(data) < begin:
        raise malformed("It ends inside a length.", where)
    end = begin + _SHORT.unpack_from(data, start)[0]
    if len(data) < end:
        raise malformed(f"A field is said to be {end - begin} bytes long, {len(data) - begin} follow.", where)
    return data[begin:end], end


def _counted(data: bytes) -> bytes:
    return _SHORT.pack(len(data)) + data


def _exactly(data: bytes, length: int, where: str) -> bytes:
    if len(data) != length:
        raise malformed(f"It is {len(data)} bytes long instead of {length}.", where)
    return data
