"""The seven PDUs of PS3.8 9.3 as values, to and from bytes. Their order is the business of association."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Final, NamedTuple

from openworklist.dicom.items import (
    APPLICATION_CONTEXT_ITEM,
    CONTEXT_RESULT_ITEM,
    PROPOSED_CONTEXT_ITEM,
    USER_INFORMATION_ITEM,
    ContextResult,
    ProposedContext,
    decode_context_result,
    decode_proposed_context,
    decode_text,
    each_item,
    encode_context_result,
    encode_proposed_context,
    encode_text_item,
    malformed,
)
from openworklist.dicom.user_information import (
    UserInformation,
    decode_user_information,
    encode_user_information,
)

HEADER: Final = Struct(">BxI")  # type and length of what follows, of every PDU
_ASSOCIATE: Final = Struct(">H2x16s16s32x")
_PDV: Final = Struct(">IBB")
_DATA: Final = Struct(">BxIIBB")

PDV_OVERHEAD: Final = 6  # counts towards the maximum length of PS3.8 D.1, the PDU's own header does not
_COMMAND: Final = 1  # bits of the message control header, PS3.8 E.2
_LAST: Final = 2
_MAX_CONTEXTS: Final = 128  # there are no more odd IDs in a byte


Bytes = bytes | memoryview  # a view where bytes are taken apart and not kept


class PduType(IntEnum):
    ASSOCIATE_REQUEST = 1
    ASSOCIATE_ACCEPT = 2
    ASSOCIATE_REJECT = 3
    DATA = 4
    RELEASE_REQUEST = 5
    RELEASE_REPLY = 6
    ABORT = 7


class AbortSource(IntEnum):
    USER = 0
    PROVIDER = 2


class AbortReason(IntEnum):
    """PS3.8 table 9-26; they mean something only where the source is the provider."""

    NOT_SPECIFIED = 0
    UNRECOGNIZED_PDU = 1
    UNEXPECTED_PDU = 2
    UNRECOGNIZED_PARAMETER = 4
    UNEXPECTED_PARAMETER = 5
    INVALID_PARAMETER = 6


class Pdv(NamedTuple):
    """A presentation data value: a piece of one command or dataset (PS3.8 9.3.5.1)."""

    context_id: int
    control: int
    data: Bytes

    @property
    def is_command(self) -> bool:
        return bool(self.control & _COMMAND)

    @property
    def is_last(self) -> bool:
        return bool(self.control & _LAST)


@dataclass(frozen=True, slots=True)
class AssociateRequest:
    called: str
    calling: str
    application_context: str
    contexts: tuple[ProposedContext, ...]
    user: UserInformation
    protocol_version: int = 1


@dataclass(frozen=True, slots=True)
class AssociateAccept:
    called: str
    calling: str
    application_context: str
    contexts: tuple[ContextResult, ...]
    user: UserInformation
    protocol_version: int = 1


@dataclass(frozen=True, slots=True)
class AssociateReject:
    """PS3.8 table 9-21."""

    result: int
    source: int
    reason: int


@dataclass(frozen=True, slots=True)
class Data:
    pdvs: tuple[Pdv, ...]


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    pass


@dataclass(frozen=True, slots=True)
class ReleaseReply:
    pass


@dataclass(frozen=True, slots=True)
class Abort:
    source: int
    reason: int


Pdu = AssociateRequest | AssociateAccept | AssociateReject | Data | ReleaseRequest | ReleaseReply | Abort


def decode(data: bytes) -> Pdu:
    """One whole PDU with its header. PeerError if its type is unknown or its length is not that of `data`."""
    if len(data) < HEADER.size:
        raise malformed(f"A PDU of {len(data)} bytes ends inside its header.", "PDU")
    kind, length = HEADER.unpack_from(data)
    body = data[HEADER.size :]
    if len(body) != length:
        raise malformed(f"It is said to be {length} bytes long, {len(body)} follow.", f"PDU {kind:02X}H")
    if kind == PduType.ASSOCIATE_REQUEST:
        return decode_request(body)
    if kind == PduType.ASSOCIATE_ACCEPT:
        return _decode_accept(body)
    if kind == PduType.DATA:
        return Data(tuple(decode_pdvs(body)))
    if kind == PduType.RELEASE_REQUEST:
        _decode_four(body, "A-RELEASE-RQ")
        return ReleaseRequest()
    if kind == PduType.RELEASE_REPLY:
        _decode_four(body, "A-RELEASE-RP")
        return ReleaseReply()
    if kind == PduType.ASSOCIATE_REJECT:
        return AssociateReject(*_decode_four(body, "A-ASSOCIATE-RJ")[1:])
    if kind == PduType.ABORT:
        return decode_abort(body)
    raise malformed(f"No PDU has the type {kind:02X}H.", "PDU")


def decode_request(body: bytes) -> AssociateRequest:
    """An A-ASSOCIATE-RQ behind its header (PS3.8 9.3.2)."""
    where = "A-ASSOCIATE-RQ"
    version, called, calling = _decode_titles(body, where)
    contexts: dict[int, ProposedContext] = {}
    application_context = ""
    user = UserInformation()
    for kind, content in each_item(body, _ASSOCIATE.size, where):
        if kind == PROPOSED_CONTEXT_ITEM:
            context = decode_proposed_context(content)
            if context.id in contexts:
                raise malformed(f"Presentation context ID {context.id} is proposed twice.", where)
            contexts[context.id] = context
        elif kind == APPLICATION_CONTEXT_ITEM:
            application_context = decode_text(content)
        elif kind == USER_INFORMATION_ITEM:
            user = decode_user_information(content)
    return AssociateRequest(called, calling, application_context, tuple(contexts.values()), user, version)


def decode_pdvs(body: Bytes, start: int = 0) -> list[Pdv]:
    """The PDVs of a P-DATA-TF behind its header (PS3.8 9.3.5), which begin at `start`; at least one.

    Those of a view are views.
    """
    pdvs: list[Pdv] = []
    end = len(body)
    while start < end:
        if end - start < PDV_OVERHEAD:
            raise malformed("It ends inside the header of a presentation data value.", "P-DATA-TF")
        length, context_id, control = _PDV.unpack_from(body, start)
        stop = start + 4 + length
        if length < 2 or stop > end:
            raise malformed(
                f"A presentation data value is said to be {length} bytes long, {end - start - 4} follow.",
                "P-DATA-TF",
            )
        pdvs.append(Pdv(context_id, control, body[start + PDV_OVERHEAD : stop]))
        start = stop
    if not pdvs:
        raise malformed("It holds no presentation data value.", "P-DATA-TF")
    return pdvs


def decode_abort(body: bytes) -> Abort:
    return Abort(*_decode_four(body, "A-ABORT")[2:])


def encode(pdu: Pdu) -> bytes:
    if isinstance(pdu, AssociateRequest):
        return _encode_associate(pdu, PduType.ASSOCIATE_REQUEST)
    if isinstance(pdu, AssociateAccept):
        return _encode_associate(pdu, PduType.ASSOCIATE_ACCEPT)
    if isinstance(pdu, AssociateReject):
        return _frame(PduType.ASSOCIATE_REJECT, bytes((0, pdu.result, pdu.source, pdu.reason)))
    if isinstance(pdu, Data):
        pdvs = (_PDV.pack(len(data) + 2, context, control) + data for context, control, data in pdu.pdvs)
        return _frame(PduType.DATA, b"".join(pdvs))
    if isinstance(pdu, ReleaseRequest):
        return RELEASE_REQUEST
    if isinstance(pdu, ReleaseReply):
        return RELEASE_REPLY
    return _frame(PduType.ABORT, bytes((0, 0, pdu.source, pdu.reason)))


def encode_pieces(context_id: int, data: bytes, max_length: int, *, is_command: bool) -> list[bytes]:
    """One command or dataset as P-DATA-TFs of one PDV each, none longer than the peer's `max_length`.

    `max_length` is 0 for any, else at least 8. Cut at even places, as PS3.8 E.1 asks.
    """
    size = len(data)
    room = max_length - PDV_OVERHEAD & ~1 if max_length else size
    flag = _COMMAND if is_command else 0
    if size <= room:
        return [_DATA.pack(4, size + 6, size + 2, context_id, flag | _LAST), data]
    pieces: list[bytes] = []
    for start in range(0, size, room):
        piece = data[start : start + room]
        control = flag | _LAST if start + room >= size else flag
        pieces.append(_DATA.pack(4, len(piece) + 6, len(piece) + 2, context_id, control))
        pieces.append(piece)
    return pieces


def _frame(kind: PduType, body: bytes) -> bytes:
    return HEADER.pack(kind, len(body)) + body


RELEASE_REQUEST: Final = _frame(PduType.RELEASE_REQUEST, bytes(4))
RELEASE_REPLY: Final = _frame(PduType.RELEASE_REPLY, bytes(4))


def _decode_titles(body: bytes, where: str) -> tuple[int, str, str]:
    if len(body) < _ASSOCIATE.size:
        raise malformed(f"It is {len(body)} bytes long instead of at least {_ASSOCIATE.size}.", where)
    version, called, calling = _ASSOCIATE.unpack_from(body)
    return version, decode_text(called), decode_text(calling)


def _decode_accept(body: bytes) -> AssociateAccept:
    where = "A-ASSOCIATE-AC"
    version, called, calling = _decode_titles(body, where)
    contexts: list[ContextResult] = []
    application_context = ""
    user = UserInformation()
    for kind, content in each_item(body, _ASSOCIATE.size, where):
        if kind == CONTEXT_RESULT_ITEM:
            contexts.append(decode_context_result(content))
            if len(contexts) > _MAX_CONTEXTS:
                raise malformed(f"It answers more than {_MAX_CONTEXTS} presentation contexts.", where)
        elif kind == APPLICATION_CONTEXT_ITEM:
            application_context = decode_text(content)
        elif kind == USER_INFORMATION_ITEM:
            user = decode_user_information(content)
    return AssociateAccept(called, calling, application_context, tuple(contexts), user, version)


def _decode_four(body: bytes, where: str) -> bytes:
    if len(body) != 4:
        raise malformed(f"It is {len(body)} bytes long instead of 4.", where)
    return body


def _encode_associate(pdu: AssociateRequest | AssociateAccept, kind: PduType) -> bytes:
    called = pdu.called.encode("ascii").ljust(16)
    calling = pdu.calling.encode("ascii").ljust(16)
    parts = [
        _ASSOCIATE.pack(pdu.protocol_version, called, calling),
        encode_text_item(APPLICATION_CONTEXT_ITEM, pdu.application_context),
    ]
    for context in pdu.contexts:
        if isinstance(context, ProposedContext):
            parts.append(encode_proposed_context(context))
        else:
            parts.append(encode_context_result(context))
    parts.append(encode_user_information(pdu.user))
    return _frame(kind, b"".join(parts))
