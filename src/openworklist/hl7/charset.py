"""From the bytes of a message to its text: which character set MSH-18 names, and what senders mean by it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from openworklist.domain import iso2022
from openworklist.domain.charset import CHARSETS, Charset, from_hl7
from openworklist.domain.errors import CharsetError, SettingsError
from openworklist.domain.iso2022 import REPLACEMENT
from openworklist.hl7.undecodable import SWITCH, locate, spread, to_original
from openworklist.hl7.utf8 import EAST_ASIAN, is_meant

_BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b"\r\n\t "
_ASCII = CHARSETS[0]
_UNICODE = next(charset for charset in CHARSETS if charset.name == "Unicode")
_HEAD: Final = 4096  # no MSH is longer; what is looked for in it may cost the square of its length
_C1 = re.compile(rb"[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a message; `codec` is the Python codec that writes an answer to its sender.

    `loss` says, if bytes of it were no letters and were replaced, which was the first of them.
    """

    text: str
    charset: Charset
    codec: str
    warnings: tuple[str, ...] = ()
    loss: CharsetError | None = None


def decode(raw: bytes, default: str = "8859/1", *, replaces: bool = False) -> Decoded:
    """Read the bytes of one message by the set that its MSH-18 names, or `default` where it names none.

    CharsetError, with the offset, the byte and its field, when they are none of its letters, and when nobody
    knows the set and there are other letters than ASCII; if it `replaces` they become U+FFFD, with a warning.
    UTF-8 is recognised whatever the message says. ISO 2022 designations are followed in any message that has
    them.
    """
    try:
        return _decode(raw, default, "strict")
    except CharsetError as error:
        fault = _locate(raw, default, error)
        if not replaces:
            raise fault from None
        decoded = _decode(raw, default, "replace")
        return replace(decoded, warnings=(*decoded.warnings, _tell_loss(fault, decoded.text)), loss=fault)


def _tell_loss(fault: CharsetError, text: str) -> str:
    return f"{fault.sentence} Letters replaced by U+FFFD: {text.count(REPLACEMENT)}."


def _decode(raw: bytes, default: str, errors: str) -> Decoded:
    names = declared(raw)
    charset, codec, warnings = _choose(names, default)
    if raw.isascii() and b"\x1b" not in raw and b"\\C" not in raw and b"\\M" not in raw:
        return Decoded(raw.decode("ascii"), charset or _named_default(default), codec, warnings)
    if b"\\C" in raw or b"\\M" in raw:
        # HL7 v2.9 2.7.3: these carry the bytes that would follow ESC.
        raw = SWITCH.sub(lambda match: b"\x1b" + bytes.fromhex(match[1].decode("ascii")), raw)
    start = raw[:_HEAD].lstrip(_BLANKS)
    if start.startswith(_BOM):
        charset, codec, raw = _UNICODE, "utf_8", raw.lstrip(_BLANKS)[len(_BOM) :]
    if charset is None:
        if not raw.isascii():
            if errors == "strict":
                raise _unknown(raw, names[0])
            # Each of its bytes is replaced: to guess would make wrong names of right ones.
            return Decoded(raw.decode("ascii", "replace"), _ASCII, "ascii")
        charset = _named_default(default)
    if charset is not _UNICODE and iso2022.has_designation(raw):
        text = iso2022.decode(raw, charset, errors)
        return Decoded(text if errors == "strict" else spread(text), charset, codec, warnings)
    if raw.isascii():
        return Decoded(raw.decode("ascii"), charset, codec, warnings)
    if charset is _ASCII:
        charset = _named_default(default)
        warnings = (
            *warnings,
            "MSH-18 says ASCII, but the message has other letters: read by the default character set.",
        )
    text, codec, warning = _read(raw, charset, errors)
    return Decoded(text, charset, codec, (*warnings, warning) if warning else warnings)


def declared(raw: bytes) -> tuple[str, ...]:
    """The names in MSH-18, repetitions in order; an empty first one stands for the default set."""
    head = raw[:_HEAD]
    if head[:3] != b"MSH":
        head = head.lstrip(_BLANKS).removeprefix(_BOM).lstrip(_BLANKS)
        if head[:3] != b"MSH":
            return ()
    separator = head[3:4]
    if not separator:
        return ()
    end = head.find(b"\r")
    is_whole = end >= 0 and head[end + 4 : end + 5] == separator
    head = head[:end] if is_whole else _unwrap(head, separator)
    if b"\x1b" in head:
        head = _without_two_byte_runs(head)
    fields = head.split(separator, 18)
    if len(fields) < 18 or not fields[17]:
        return ()
    return tuple([name.strip() for name in fields[17].decode("latin_1").split("~")])


def _unwrap(head: bytes, separator: bytes) -> bytes:
    """The MSH of a message whose lines end in LF or are broken: up to the next that begins like a segment."""
    following = re.search(rb"[\r\n][A-Z][A-Z0-9]{2}" + re.escape(separator), head)
    if following:
        head = head[: following.start()]
    return head.replace(b"\r", b"").replace(b"\n", b"")


def _without_two_byte_runs(head: bytes) -> bytes:
    first, *pieces = head.split(b"\x1b")
    return first + b"".join(piece for piece in pieces if piece[:1] != b"$" or piece[1:2] in (b")", b"-"))


@lru_cache(maxsize=256)
def _choose(names: tuple[str, ...], default: str) -> tuple[Charset | None, str, tuple[str, ...]]:
    """The first set of a message, None if nobody knows it, the codec for its answer, and warnings."""
    others = [charset for charset in map(from_hl7, names[1:]) if charset is not None]
    if not names or not names[0]:
        first = _named_default(default)
        return first, _answer_codec(first, others), ()
    known = from_hl7(names[0])
    if known is None:
        warning = f"Nobody knows the character set {names[0][:40]!r} in MSH-18: the message needs none."
        return None, "ascii", (warning,)
    return known, _answer_codec(known, others), ()


def _named_default(default: str) -> Charset:
    charset = from_hl7(default)
    if charset is None:
        raise SettingsError(
            f"{default!r} is no character set.", hint="use a name of HL7 table 0211, like 8859/1"
        )
    return charset


def _answer_codec(first: Charset, others: list[Charset]) -> str:
    names = {first.name, *(charset.name for charset in others)}
    return "iso2022_jp_2" if names & {"JIS X 0208", "JIS X 0212"} else first.python


def _unknown(raw: bytes, name: str) -> CharsetError:
    # To read it by the default set would make wrong names of right ones, and nobody would know.
    return CharsetError(
        f"The character set {name[:40]!r} is not known here, and the message has letters of it.",
        where="MSH-18",
        hint="let the sender use a name of HL7 table 0211, best UNICODE UTF-8",
        code="charset.unknown",
        offset=next(place for place, byte in enumerate(raw) if byte > 0x7F),
    )


def _read(raw: bytes, charset: Charset, errors: str) -> tuple[str, str, str]:
    """The text, the codec that read it, which is that of the set or of what was meant, and a warning."""
    text = codec = None
    for codec in _codecs(raw, charset):
        text = _try(raw, codec)
        if text is not None:
            break
    unicode = _try(raw, "utf_8") if charset is not _UNICODE else None
    if unicode is not None and (text is None or is_meant(raw, charset, codec or charset.python)):
        return unicode, "utf_8", f"The message is UTF-8, and was read so: {charset.hl7[0]} was expected."
    if text is None or codec is None:
        if errors == "strict":
            raise _undecodable(raw, charset)
        return *_replace(raw, charset), ""
    warning = f"The message looks like UTF-8, but was read as {charset.hl7[0]}." if unicode else ""
    return text, codec, warning


def _replace(raw: bytes, charset: Charset) -> tuple[str, str]:
    """The text with what is no letter replaced, by the codec of the set that leaves least to replace."""
    texts = {codec: raw.decode(codec, "replace") for codec in _codecs(raw, charset)}
    codec = min(texts, key=lambda name: texts[name].count(REPLACEMENT))
    return spread(texts[codec]) if codec in EAST_ASIAN else texts[codec], codec


def _codecs(raw: bytes, charset: Charset) -> tuple[str, ...]:
    """What may read a message of that set, in order."""
    if not charset.windows:
        return (charset.python,)
    # 0x80 to 0x9F are control codes in every ISO 8859 set: no message means them.
    if charset.python.startswith(("iso8859", "latin")) and _C1.search(raw):
        return (charset.windows, charset.python)
    return (charset.python, charset.windows)


def _try(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _undecodable(raw: bytes, charset: Charset) -> CharsetError:
    place = 0
    try:
        raw.decode(charset.python)
    except UnicodeDecodeError as error:
        place = error.start
    name = charset.hl7[0]
    return CharsetError(f"A byte is no letter of {name}.", where="MSH-18", offset=place, charset=name)


def _locate(raw: bytes, default: str, error: CharsetError) -> CharsetError:
    """The error with its offset in the message as it came, and with the field."""
    if error.offset < 0:
        return error
    start = raw[:_HEAD].lstrip(_BLANKS)
    mark = len(raw) - len(raw.lstrip(_BLANKS)) + len(_BOM) if start.startswith(_BOM) else 0
    offset = to_original(raw, mark + error.offset)
    return locate(raw, error, offset, _decode(raw[:offset], default, "replace").text)
