"""The items inside A-ASSOCIATE-RQ and -AC: their form, and presentation contexts, to and from bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from openworklist.domain.errors import PeerError

MALFORMED: Final = "dicom.pdu-malformed"

_ITEM: Final = Struct(">BxH")

APPLICATION_CONTEXT_ITEM: Final = 0x10
PROPOSED_CONTEXT_ITEM: Final = 0x20
CONTEXT_RESULT_ITEM: Final = 0x21
USER_INFORMATION_ITEM: Final = 0x50
_ABSTRACT_SYNTAX: Final = 0x30
_TRANSFER_SYNTAX: Final = 0x40

# What is no printable ASCII becomes a question mark: titles and UIDs end in logs.
_PRINTABLE: Final = bytes(code if 32 <= code < 127 else ord("?") for code in range(256))


@dataclass(frozen=True, slots=True)
class ProposedContext:
    """PS3.8 9.3.2.2: `id` is odd, from 1 to 255."""

    id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContextResult:
    """PS3.8 9.3.3.2: `result` 0 accepts, 3 and 4 refuse; only then has `transfer_syntax` no meaning."""

    id: int
    result: int
    transfer_syntax: str


def malformed(sentence: str, where: str) -> PeerError:
    return PeerError(sentence, where=where, code=MALFORMED)


def each_item(data: bytes, start: int, where: str) -> Iterator[tuple[int, bytes]]:
    """The (type, content) of each item from `start` to the end of `data`; PeerError if one overruns it."""
    end = len(data)
    while start < end:
        if end - start < 4:
            raise malformed(f"{end - start} bytes are left over where an item should begin.", where)
        kind, length = _ITEM.unpack_from(data, start)
        start += 4
        if end - start < length:
            raise malformed(
                f"Item {kind:02X}H is said to be {length} bytes long, {end - start} follow.", where
            )
        yield kind, data[start : start + length]
        start += length


def decode_text(data: bytes) -> str:
    """AE titles, UIDs and names: spaces around them and NULs behind them mean nothing."""
    return data.strip(b" \0").translate(_PRINTABLE).decode("ascii")


def encode_item(kind: int, content: bytes) -> bytes:
    return _ITEM.pack(kind, len(content)) + content


def encode_text_item(kind: int, text: str) -> bytes:
    return encode_item(kind, text.encode("ascii"))


def decode_proposed_context(data: bytes) -> ProposedContext:
    where = "presentation context"
    context_id = _decode_context_id(data, where)
    abstract_syntaxes: list[str] = []
    transfer_syntaxes: list[str] = []
    for kind, content in each_item(data, 4, where):
        if kind == _ABSTRACT_SYNTAX:
            abstract_syntaxes.append(decode_text(content))
        elif kind == _TRANSFER_SYNTAX:
            transfer_syntaxes.append(decode_text(content))
    if len(abstract_syntaxes) != 1:
        raise malformed(f"It names {len(abstract_syntaxes)} abstract syntaxes instead of one.", where)
    return ProposedContext(context_id, abstract_syntaxes[0], tuple(transfer_syntaxes))


def encode_proposed_context(context: ProposedContext) -> bytes:
    syntaxes = [encode_text_item(_TRANSFER_SYNTAX, syntax) for syntax in context.transfer_syntaxes]
    content = bytes((context.id, 0, 0, 0)) + encode_text_item(_ABSTRACT_SYNTAX, context.abstract_syntax)
    return encode_item(PROPOSED_CONTEXT_ITEM, content + b"".join(syntaxes))


def decode_context_result(data: bytes) -> ContextResult:
    where = "presentation context result"
    context_id = _decode_context_id(data, where)
    syntax = ""
    for kind, content in each_item(data, 4, where):
        if kind == _TRANSFER_SYNTAX:
            syntax = decode_text(content)
    return ContextResult(context_id, data[2], syntax)


def encode_context_result(context: ContextResult) -> bytes:
    content = bytes((context.id, 0, context.result, 0))
    return encode_item(
        CONTEXT_RESULT_ITEM, content + encode_text_item(_TRANSFER_SYNTAX, context.transfer_syntax)
    )


def _decode_context_id(data: bytes, where: str) -> int:
    if len(data) < 4:
        raise malformed(f"It is {len(data)} bytes long instead of at least 4.", where)
    if not data[0] & 1:
        raise malformed(f"Its ID {data[0]} is not odd.", where)
    return data[0]
