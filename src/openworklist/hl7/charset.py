"""From the bytes of a message to its text: which character set MSH-18 names, and what senders mean by it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from openworklist.domain import iso2022
from openworklist.domain.charset import CHARSETS, Charset, from_hl7
from openworklist.domain.errors import CharsetError, SettingsError

_BOM = b"\xef\xbb\xbf"
_ASCII = CHARSETS[0]
_UNICODE = next(charset for charset in CHARSETS if charset.name == "Unicode")
# In these, UTF-8 would be a capital with an accent and then a sign (Ã¼, Ã©), again and again: no text is.
_UPPER_HALF_SYMBOLS = frozenset({"Latin 1", "Latin 9"})
# Known by name, but there is no codec (CNS 11643) or zero bytes cannot travel over MLLP: reading them by
# the default set would make wrong names of right ones.
_UNREADABLE = frozenset(
    {"CNS11643", "CNS116431992", "EUCTW", "UNICODEUTF16", "UNICODEUTF32", "UTF16", "UTF32"}
)
_C1 = re.compile(rb"[\x80-\x9f]")
_ONE_BYTE_AGAIN = re.compile(rb"\x1b\([A-Z]")
_SWITCH = re.compile(rb"\\[CM]([0-9A-Fa-f]{4}|[0-9A-Fa-f]{6})\\")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a message; `codec` is the Python codec that writes an answer to its sender."""

    text: str
    charset: Charset
    codec: str
    warnings: tuple[str, ...] = ()


def decode(raw: bytes, default: str = "8859/1") -> Decoded:
    """Read the bytes of one message by the set that its MSH-18 names, or `default` where it names none.

    CharsetError, with the offset and the byte, when they are none of its letters. An MSH-18 that nobody
    knows counts as empty, with a warning. ISO 2022 designations are followed in any message that has them.
    """
    charset, codec, known_warnings = _choose(declared(raw), default)
    if raw.startswith(_BOM):
        charset, codec, raw = _UNICODE, "utf_8", raw[3:]
    if b"\\C" in raw or b"\\M" in raw:
        # HL7 v2.9 2.7.3: these carry the bytes that would follow ESC.
        raw = _SWITCH.sub(lambda match: b"\x1b" + bytes.fromhex(match[1].decode("ascii")), raw)
    if charset is not _UNICODE and iso2022.has_designation(raw):
        return Decoded(iso2022.decode(raw, charset), charset, codec, known_warnings)
    if raw.isascii():
        return Decoded(raw.decode("ascii"), charset, codec, known_warnings)
    names = declared(raw)
    if names and _letters(names[0]) in _UNREADABLE:
        raise CharsetError(
            f"Messages in {names[0]} cannot be read.", where="MSH-18", hint="let the sender use UNICODE UTF-8"
        )
    warnings = list(known_warnings)
    if charset is _ASCII:
        charset = _named_default(default)
        codec = charset.python
        warnings.append(
            "MSH-18 says ASCII, but the message has other letters: read by the default character set."
        )
    text, codec = _read(raw, charset, warnings)
    return Decoded(text, charset, codec, tuple(warnings))


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.upper()))


def declared(raw: bytes) -> tuple[str, ...]:
    """The names in MSH-18, repetitions in order; an empty first one stands for the default set."""
    field = _header_field(raw if raw[:3] == b"MSH" else raw.removeprefix(_BOM).lstrip(b"\r\n\t "), 18)
    return tuple(name.strip() for name in field.split("~")) if field else ()


def _header_field(raw: bytes, number: int) -> str:
    if raw[:3] != b"MSH" or len(raw) < 9:
        return ""
    separator = raw[3:4]
    end = raw.find(b"\r")
    if end < 0 or raw[end + 4 : end + 5] != separator:
        # The line is wrapped or ends in LF: MSH goes on to the next line that begins like a segment.
        following = re.search(rb"[\r\n][A-Z][A-Z0-9]{2}" + re.escape(separator), raw)
        end = following.start() if following else len(raw)
    header = raw[:end]
    if b"\n" in header or b"\r" in header:
        header = header.replace(b"\r", b"").replace(b"\n", b"")
    if b"\x1b" in header:
        header = _without_two_byte_runs(header)
    fields = header.split(separator, number)
    return fields[number - 1].decode("latin_1") if len(fields) >= number else ""


def _without_two_byte_runs(header: bytes) -> bytes:
    """The header without what stands between ESC $ and ESC (: its bytes are halves of letters."""
    out: list[bytes] = []
    position = 0
    while (start := header.find(b"\x1b$", position)) >= 0:
        end = _ONE_BYTE_AGAIN.search(header, start)
        if end is None:
            break
        out.append(header[position:start])
        position = end.end()
    return b"".join((*out, header[position:]))


@lru_cache(maxsize=256)
def _choose(names: tuple[str, ...], default: str) -> tuple[Charset, str, tuple[str, ...]]:
    """The first set of a message, the codec for its answer, and the warnings that are due."""
    others = [charset for charset in map(from_hl7, names[1:]) if charset is not None]
    first = from_hl7(names[0]) if names and names[0] else None
    warnings: tuple[str, ...] = ()
    if first is None:
        first = _named_default(default)
        if names and names[0]:
            shown = repr(names[0][:40])
            warnings = (f"Nobody knows the character set {shown} in MSH-18: read by the default one.",)
    return first, _answer_codec(first, others), warnings


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


def _read(raw: bytes, charset: Charset, warnings: list[str]) -> tuple[str, str]:
    """The text, and the codec that read it: that of the set, or of what its sender meant."""
    is_single = charset.python.startswith(("iso8859", "latin"))
    if is_single:
        text = _try(raw, "utf_8")
        if text is not None and charset.name in _UPPER_HALF_SYMBOLS:
            warnings.append(f"The message is UTF-8, and was read so, although {charset.hl7[0]} was expected.")
            return text, "utf_8"
        if text is not None:
            warnings.append(f"The message looks like UTF-8, but was read as {charset.hl7[0]}.")
    if charset.windows and is_single and _C1.search(raw):
        # 0x80 to 0x9F are control codes in every ISO 8859 set: no message means them.
        text = _try(raw, charset.windows)
        if text is not None:
            return text, charset.windows
    text = _try(raw, charset.python)
    if text is not None:
        return text, charset.python
    text = _try(raw, charset.windows) if charset.windows else None
    if text is not None:
        return text, charset.windows
    return _fail(raw, charset)


def _try(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _fail(raw: bytes, charset: Charset) -> tuple[str, str]:
    try:
        return raw.decode(charset.python), charset.python
    except UnicodeDecodeError as error:
        raise CharsetError(
            f"Byte 0x{raw[error.start]:02X} at offset {error.start} is no letter of {charset.hl7[0]}.",
            where="MSH-18",
            hint="check which character set the sender uses, or set its default",
        ) from None
