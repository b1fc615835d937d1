"""EUC-TW, the bytes of CNS 11643, as a codec: Python has none. Planes 1 and 2, which are the letters of Big5.

Both sets list their letters by strokes, so that long runs of one are runs of the other, and Python's codec of
Big5 knows what they are. The runs were found by comparing the tables of glibc and ICU, which agree on every
ideograph; where they differ on a sign, it is ICU's. Ideographs beyond Big5 (planes 3 to 15) are not known.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

NAME: Final = "euc_tw"
_BIG5: Final = "cp950"
# By plane: the first and the last of a run in CNS 11643, and where it begins in Big5.
_RUNS: Final = {
    1: """
        2121-2136 A140  2137-2137 A158  2138-2138 A157  213A-2222 A159  2224-2243 A1C3  2245-2256 A1E4
        2257-2257 A1F7  2258-2258 A1F6  2259-225E A1F8  225F-232E A1FE  2421-243D A2AF  2441-2570 A2CF
        4242-4242 A3E1  4421-5322 A440  5323-5752 AD40  5753-5753 ACFE  5754-6B4F AFD0  6B50-6B50 BE52
        6B51-6F5B BBC8  6F5C-7534 BE53  7535-7535 C2CB  7536-7640 C1AB  7642-7736 C256  7737-782C C2CC
        782D-782D C456  782E-7863 C361  7864-7864 C3BA  7865-7865 C3B9  7866-7961 C3BB  7962-7D4B C457
    """,
    2: """
        2121-212A C940  212B-214B C94B  214C-214C C9BE  214D-217C C96C  217D-224C C9BF  224D-224D CAF7
        224E-2438 C9ED  2439-376E CAF8  376F-376F DADF  3770-387D D6CD  387E-3E62 D77B  3E63-3E63 D6CC
        3E64-3F69 DAE0  3F6A-3F6A D77A  3F6B-4423 DBA7  4424-554A DDFD  554B-554B EBF1  554C-5721 E8A3
        5722-5722 ECDE  5723-5A27 E976  5A28-5A28 F0CB  5A29-5B3E EB5B  5B3F-5C69 EBF2  5C6A-5D73 ECDF
        5D74-5D74 F056  5D75-6038 EDAA  6039-6242 EEEC  6243-6336 F057  6337-642E F0CC  642F-642F EEEB
        6430-6437 F163  6438-6572 F16C  6573-664C F269  664D-664D F4B5  664E-6760 F2C3  6761-6761 F16B
        6762-6933 F375  6934-6934 F268  6935-6961 F466  6962-6A4A F4B6  6A4B-6A4B F663  6A4C-6C51 F4FD
        6C52-7165 F664  7166-7166 F9C4  7167-7233 F977  7234-7234 F9C5  7235-723F F9C7  7240-7240 F9C6
        7241-7244 F9D2
    """,
}
_BEYOND_BIG5: Final = {"\u5f5e": b"\xf6\xc1"}  # 1-7641, a variant of the one that Big5 has in its place
_LETTER = re.compile(rb"[\x00-\x7f]+|[\xa1-\xfe]{2}|\x8e[\xa1-\xb0][\xa1-\xfe]{2}")


def decode(raw: bytes, errors: str = "strict") -> tuple[str, int]:
    """The text of `raw`, and how much of it was read: all."""
    letters, _ = _tables()
    out: list[str] = []
    position = 0
    raw = bytes(raw)  # a codec may be given any buffer
    while position < len(raw):
        match = _LETTER.match(raw, position)
        piece = match[0] if match else b""
        letter = piece.decode("ascii") if piece and piece[0] < 0x80 else letters.get(piece)
        if letter is not None:
            out.append(letter)
            position += len(piece)
            continue
        # A letter of another plane is one that is not known: its bytes are not others.
        end = position + max(len(piece), 1)
        # The error has no name here: a frame that holds what it raises stays in memory with all the rest.
        instead, position = codecs.lookup_error(errors)(
            UnicodeDecodeError(NAME, raw, position, end, "no letter of planes 1 and 2")
        )
        out.append(str(instead))
    return "".join(out), len(raw)


def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    """The bytes of `text`, and how much of it was written: all."""
    _, pairs = _tables()
    out: list[bytes] = []
    position = 0
    while position < len(text):
        letter = text[position]
        written = letter.encode("ascii") if letter < "\x80" else pairs.get(letter)
        if written is None:
            instead, position = codecs.lookup_error(errors)(
                UnicodeEncodeError(NAME, text, position, position + 1, "no letter of planes 1 and 2")
            )
            written = instead if isinstance(instead, bytes) else encode(instead)[0]
        else:
            position += 1
        out.append(written)
    return b"".join(out), len(text)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[bytes, str], dict[str, bytes]]:
    """The letter of each sequence, and the shortest sequence of each letter."""
    pairs = {letter: sequence for plane in (2, 1) for sequence, letter in _letters(plane)} | _BEYOND_BIG5
    letters = {sequence: letter for letter, sequence in pairs.items()}
    # Plane 1 may be written with its number too.
    letters |= {b"\x8e\xa1" + sequence: letter for sequence, letter in letters.items() if len(sequence) == 2}
    return letters, pairs


def _letters(plane: int) -> Iterator[tuple[bytes, str]]:
    """Each sequence with its letter."""
    words = _RUNS[plane].split()
    prefix = b"\x8e\xa2" if plane == 2 else b""
    for run, begin in zip(words[::2], words[1::2], strict=True):
        first, last = (_count_cns(int(code, 16)) for code in run.split("-"))
        start = _count_big5(int(begin, 16))
        for number in range(last - first + 1):
            row, column = divmod(first + number, 94)
            yield prefix + bytes((row + 0xA1, column + 0xA1)), _letter_of_big5(start + number)


def _count_cns(code: int) -> int:
    """The number of a code in its plane: 94 rows of 94."""
    return ((code >> 8) - 0x21) * 94 + (code & 0xFF) - 0x21


def _count_big5(code: int) -> int:
    """The number of a code in Big5: rows of 157, 63 columns from 0x40 and 94 from 0xA1."""
    low = code & 0xFF
    return ((code >> 8) - 0xA1) * 157 + (low - 0x40 if low < 0x7F else low - 0xA1 + 63)


def _letter_of_big5(number: int) -> str:
    row, column = divmod(number, 157)
    return bytes((row + 0xA1, column + 0x40 if column < 63 else column - 63 + 0xA1)).decode(_BIG5)


def _find(name: str) -> codecs.CodecInfo | None:
    if name != NAME:
        return None
    return codecs.CodecInfo(encode, decode, name=NAME)  # type: ignore[arg-type] # Buffer is of Python 3.12


codecs.register(_find)
