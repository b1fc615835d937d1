"""Reading text that switches character sets with ISO 2022 escape sequences (HL7 v2.9 2.14.9.18 and .20).

Between two designations a byte may be half a letter, so that nothing may be split before this has run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from openworklist.domain.charset import CHARSETS, Charset
from openworklist.domain.errors import CharsetError

REPLACEMENT = "\ufffd"
_BY_NAME = {charset.name: charset for charset in CHARSETS}
_ASCII = _BY_NAME["ASCII"]
_ROMAJI = _BY_NAME["JIS X 0201"]
_KANJI = _BY_NAME["JIS X 0208"]
_MORE_KANJI = _BY_NAME["JIS X 0212"]
# The upper half of JIS X 0201, which is a set of its own in the lower half: seven bits a letter.
_KATAKANA = replace(_ROMAJI, name="JIS X 0201 katakana", g0=b"(I")

# JIS C 6226-1978 is the elder of JIS X 0208, and $(B another way to write its designation.
_G0 = {c.g0: c for c in (_ASCII, _ROMAJI, _KANJI, _MORE_KANJI)} | {
    b"$@": _KANJI,
    b"$(B": _KANJI,
    b"(I": _KATAKANA,
}
_G1 = {c.g1: c for c in CHARSETS if c.g1}
_DESIGNATION = re.compile(b"\x1b(?:" + b"|".join(re.escape(d) for d in sorted({*_G0, *_G1})) + b")")
_GRAPHIC = bytes(range(0x21, 0x7F))
_PAIRS = re.compile(rb"[\x21-\x7e]+|[^\x21-\x7e]+")
_LINE = re.compile(rb"[\r\n]+|[^\r\n]+")
_HIGH = bytes(byte | 0x80 for byte in range(256))
# JIS X 0201 has katakana at 21 to 5F and nothing at 60 to 7E, where | and ~ go on being delimiters.
_RAISED = bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in range(256))


@dataclass(slots=True)
class _Sets:
    """What the lower (g0) and the upper half (g1) of the byte mean just now."""

    g0: Charset
    g1: Charset


def has_designation(raw: bytes) -> bool:
    return b"\x1b" in raw and _DESIGNATION.search(raw) is not None


def decode(raw: bytes, first: Charset, errors: str = "strict") -> str:
    """The text of `raw`, whose letters are `first` until something else is designated, and anew on each line.

    CharsetError, with the offset, on a byte that the designated set lacks; U+FFFD for it if `errors` is
    "replace".
    """
    sets = _initial(first)
    out: list[str] = []
    position = 0
    for match in _DESIGNATION.finditer(raw):
        begin = match.start()
        if begin > position:
            sets = _decode_lines(raw, position, begin, sets, first, out, errors)
        designation = match[0][1:]
        g0 = _G0.get(designation)
        if g0 is not None:
            sets.g0 = g0
        else:
            sets.g1 = _G1[designation]
        position = match.end()
    _decode_lines(raw, position, len(raw), sets, first, out, errors)
    return "".join(out)


def _initial(first: Charset) -> _Sets:
    if first.is_multibyte and first.g0:
        return _Sets(_ASCII, _ASCII)
    return _Sets(_ROMAJI if first is _ROMAJI else _ASCII, first)


def _decode_lines(
    raw: bytes, start: int, end: int, sets: _Sets, first: Charset, out: list[str], errors: str
) -> _Sets:
    if raw.find(b"\r", start, end) < 0 and raw.find(b"\n", start, end) < 0:
        out.append(_decode_run(raw[start:end], sets, start, errors))
        return sets
    for line in _LINE.finditer(raw, start, end):
        if line[0][0] in b"\r\n":
            # A sender that forgot to switch back spoils one line, not the rest of the message.
            sets = _initial(first)
            out.append(line[0].decode("ascii"))
        else:
            out.append(_decode_run(line[0], sets, line.start(), errors))
    return sets


def _decode_run(run: bytes, sets: _Sets, offset: int, errors: str) -> str:
    g0 = sets.g0
    if g0 is _KATAKANA:
        # JIS X 0201's own upper half may stand beside it; another makes no sense there.
        return _decode_bytes(run.translate(_RAISED), _ROMAJI, offset, errors)
    if not g0.is_multibyte:
        return run.decode("ascii") if run.isascii() else _decode_bytes(run, sets.g1, offset, errors)
    if not len(run) % 2 and not run.translate(None, _GRAPHIC):
        return _decode_pairs(run, g0, offset, errors)
    out: list[str] = []
    for match in _PAIRS.finditer(run):
        piece = match[0]
        if not 0x21 <= piece[0] <= 0x7E:
            out.append(_decode_bytes(piece, sets.g1, offset + match.start(), errors))
        else:
            out.append(_decode_pairs(piece, g0, offset + match.start(), errors))
    return "".join(out)


def _decode_pairs(piece: bytes, charset: Charset, offset: int, errors: str) -> str:
    try:
        return _decode_whole(piece, charset)
    except UnicodeDecodeError:
        pass
    # A pair at a time, so that one that is none shifts no other.
    out: list[str] = []
    for start in range(0, len(piece), 2):
        try:
            out.append(_decode_whole(piece[start : start + 2], charset))
        except UnicodeDecodeError as error:
            if errors == "strict":
                raise _broken(piece[start], offset + start, charset.name) from error
            out.append(REPLACEMENT)
    return "".join(out)


def _decode_whole(pairs: bytes, charset: Charset) -> str:
    high = pairs.translate(_HIGH)
    if charset is _MORE_KANJI:
        return b"".join(b"\x8f" + high[i : i + 2] for i in range(0, len(high), 2)).decode("euc_jp")
    try:
        return high.decode("euc_jp")
    except UnicodeDecodeError:
        # Circled digits and the like (row 13) came to JIS late, but senders have always used them.
        return high.decode("euc_jis_2004")


def _decode_bytes(run: bytes, charset: Charset, offset: int, errors: str) -> str:
    try:
        return run.decode(charset.python, errors)
    except UnicodeDecodeError as error:
        raise _broken(run[error.start], offset + error.start, charset.name) from None


def _broken(byte: int, offset: int, name: str) -> CharsetError:
    return CharsetError(
        f"Byte 0x{byte:02X} at offset {offset} is no letter of {name}.",
        where="MSH-18",
        hint="check which character set the sender uses",
        offset=offset,
        charset=name,
    )
