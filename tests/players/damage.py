"""What can be done to a message: a table of ways to break one, each a function of chance and bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from players.oddities import (
    BYTES,
    CHARSETS,
    CODECS,
    CONTROLS,
    DESIGNATIONS,
    ENCODINGS,
    ESCAPES,
    HEADS,
    LINE_ENDS,
    MODES,
    NAMES,
    SEPARATORS,
    TYPES,
    UNITS,
    VALUES,
    VERSIONS,
)

_DATA: Final = Path(__file__).parents[1] / "data/hl7"

# Acknowledgements are not answered: they are no messages to wait for an answer to.
SAMPLES: Final = tuple(
    content
    for path in sorted(_DATA.glob("*/*.hl7"))
    if b"|ACK" not in (content := path.read_bytes().strip(b"\x0b\x1c\r\n"))[:200]
)

Mutation = Callable[[Random, bytes], bytes]


def pick_place(draw: Random, content: bytes) -> int:
    return draw.randrange(len(content) + 1)


def put_in(draw: Random, content: bytes, what: bytes) -> bytes:
    at = pick_place(draw, content)
    return content[:at] + what + content[at:]


def _flip_bytes(draw: Random, content: bytes) -> bytes:
    out = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 5, 30)) if out else 0):
        out[draw.randrange(len(out))] = draw.randrange(256)
    return bytes(out)


def _flip_bits(draw: Random, content: bytes) -> bytes:
    out = bytearray(content)
    for _ in range(draw.choice((1, 1, 3)) if out else 0):
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    return bytes(out)


def _cut_out(draw: Random, content: bytes) -> bytes:
    at = pick_place(draw, content)
    return content[:at] + content[at + draw.choice((1, 1, 2, 8, 100, 1000)) :]


def _cut_off(draw: Random, content: bytes) -> bytes:
    return content[: pick_place(draw, content)]


def _cut_head(draw: Random, content: bytes) -> bytes:
    return content[draw.choice((1, 2, 3, 4, 5, 9, 40, pick_place(draw, content))) :]


def _double(draw: Random, content: bytes) -> bytes:
    at = pick_place(draw, content)
    piece = content[at : at + draw.choice((1, 4, 30, 300))]
    return content[:at] + piece * draw.choice((2, 2, 3, 50)) + content[at:]


def _lengthen(draw: Random, content: bytes) -> bytes:
    return put_in(draw, content, draw.choice(UNITS) * draw.choice((300, 3_000, 3_000, 70_000, 200_000)))


def _swap_letters(draw: Random, content: bytes) -> bytes:
    one, other = draw.sample(range(256), 2)
    return content.translate(bytes.maketrans(bytes((one, other)), bytes((other, one))))


def _change_encoding(draw: Random, content: bytes) -> bytes:
    """Other delimiters are declared than the message has."""
    return _set_header(content, 2, draw.choice(ENCODINGS))


def _change_separator(draw: Random, content: bytes) -> bytes:
    return content.replace(b"|", draw.choice(SEPARATORS).encode())


def _change_delimiters(draw: Random, content: bytes) -> bytes:
    """Other delimiters, everywhere: a sound message, unless two are the same."""
    letters = bytes(draw.choices(range(0x21, 0x7F), k=5))
    return content.translate(bytes.maketrans(b"|^~\\&", letters))


def _declare_charset(draw: Random, content: bytes) -> bytes:
    return _set_header(content, 18, draw.choice(CHARSETS))


def _recode(draw: Random, content: bytes) -> bytes:
    return content.decode("latin_1").encode(draw.choice(CODECS), "replace")


def _set_header(content: bytes, number: int, value: str) -> bytes:
    line, end, rest = content.partition(b"\r")
    fields = line.split(line[3:4] or b"|")
    fields += [b""] * (number - len(fields))
    fields[number - 1] = value.encode()
    return (line[3:4] or b"|").join(fields) + end + rest


def _change_type(draw: Random, content: bytes) -> bytes:
    return _set_header(content, 9, draw.choice(TYPES))


def _change_version(draw: Random, content: bytes) -> bytes:
    return _set_header(content, 12, draw.choice(VERSIONS))


def _change_header(draw: Random, content: bytes) -> bytes:
    return _set_header(content, draw.choice((3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 17, 18)), draw.choice(VALUES))


def _change_mode(draw: Random, content: bytes) -> bytes:
    """Which acknowledgements it asks for: MSH-15 and MSH-16."""
    for number in draw.choice(((15,), (16,), (15, 16))):
        content = _set_header(content, number, draw.choice(MODES))
    return content


def _break_head(draw: Random, content: bytes) -> bytes:
    return draw.choice(HEADS) + content[9:]


def _segments(content: bytes) -> list[bytes]:
    return re.split(rb"[\r\n]+", content)


def _drop_segment(draw: Random, content: bytes) -> bytes:
    lines = _segments(content)
    del lines[draw.randrange(len(lines))]
    return b"\r".join(lines)


def _double_segment(draw: Random, content: bytes) -> bytes:
    lines = _segments(content)
    at = draw.randrange(len(lines))
    lines[at:at] = [lines[at]] * draw.choice((1, 1, 2, 20, 250))
    return b"\r".join(lines)


def _shuffle_segments(draw: Random, content: bytes) -> bytes:
    header, *lines = _segments(content)
    draw.shuffle(lines)
    return b"\r".join((header, *lines))


def _add_segment(draw: Random, content: bytes) -> bytes:
    lines = _segments(content)
    lines.insert(draw.randrange(len(lines) + 1), draw.choice(_segments(draw.choice(SAMPLES))[1:] or [b""]))
    return b"\r".join(lines)


def _name_segment(draw: Random, content: bytes) -> bytes:
    lines = _segments(content)
    at = draw.randrange(len(lines))
    lines[at] = draw.choice(NAMES) + lines[at][3:]
    return b"\r".join(lines)


def _change_field(draw: Random, content: bytes) -> bytes:
    """A field, a component or a part of one, of any segment."""
    lines = _segments(content)
    at = draw.randrange(len(lines))
    mark = draw.choice((b"|", b"|", b"|", b"^", b"~", b"&"))
    fields = lines[at].split(mark)
    fields[draw.randrange(len(fields))] = draw.choice(VALUES).encode()
    if lines[at][:3] != b"MSH":  # that has a row of its own
        lines[at] = mark.join(fields)
    return b"\r".join(lines)


def _change_control(draw: Random, content: bytes) -> bytes:
    lines = _segments(content)
    control = draw.choice(CONTROLS).encode()
    return b"\r".join(re.sub(rb"^ORC\|[^|]*", lambda _: b"ORC|" + control, line) for line in lines)


def _empty_fields(draw: Random, content: bytes) -> bytes:
    kept = draw.random()
    header, *lines = _segments(content)
    split = [line.split(b"|") for line in lines]
    emptied = [b"|".join(each if draw.random() < kept else b"" for each in fields) for fields in split]
    return b"\r".join((header, *emptied))


def _put_one_of(choices: tuple[bytes, ...]) -> Mutation:
    def put(draw: Random, content: bytes) -> bytes:
        for _ in range(draw.choice((1, 1, 2, 10))):
            content = put_in(draw, content, draw.choice(choices))
        return content

    return put


def _change_line_ends(draw: Random, content: bytes) -> bytes:
    return draw.choice(LINE_ENDS).join(re.split(rb"\r\n|\r|\n", content))


def _mix_line_ends(draw: Random, content: bytes) -> bytes:
    return re.sub(rb"\r\n|\r|\n", lambda _: draw.choice(LINE_ENDS), content)


def _wrap_lines(draw: Random, content: bytes) -> bytes:
    width = draw.choice((1, 3, 20, 80))
    end = draw.choice((b"\r", b"\n", b"\r\n"))
    return end.join(content[at : at + width] for at in range(0, min(len(content), 4000), width))


def _two_in_one(draw: Random, content: bytes) -> bytes:
    return content + draw.choice((b"\r", b"\n", b"", b"\r\n\r\n")) + draw.choice(SAMPLES)


def _batch(draw: Random, content: bytes) -> bytes:
    """It and others in an envelope, of which a part may be missing."""
    several = [content, *draw.choices(SAMPLES, k=draw.choice((0, 1, 1, 3)))]
    lines = [b"FHS|^~\\&|RIS", b"BHS|^~\\&|RIS", *several, b"BTS|" + draw.choice((b"", b"2", b"x")), b"FTS|1"]
    if draw.random() < 0.5:
        del lines[draw.choice((0, 1, -1, -2))]
    return draw.choice((b"\r", b"\n", b"\r\n")).join(lines)


def _many_steps(draw: Random, content: bytes) -> bytes:
    return content + b"\rORC|NW|A1\rOBR|1||F1|P^T\rIPC|A|R|1.2|S" * draw.choice((2, 50, 199, 201, 1000))


def _only_control_characters(draw: Random, content: bytes) -> bytes:
    return bytes(draw.choices(range(0x20), k=draw.choice((0, 1, 5, 500))))


def _only_noise(draw: Random, content: bytes) -> bytes:
    return draw.randbytes(draw.choice((1, 10, 500, 5000)))


MUTATIONS: Final[dict[str, Mutation]] = {
    "bytes flipped": _flip_bytes,
    "bits flipped": _flip_bits,
    "letters swapped": _swap_letters,
    "bytes put in": _put_one_of(BYTES),
    "control characters": _put_one_of(tuple(bytes((code,)) for code in range(0x20))),
    "NUL": _put_one_of((b"\x00", b"\x00" * 3, b"|\x00|")),
    "a piece cut out": _cut_out,
    "the end cut off": _cut_off,
    "the head cut off": _cut_head,
    "a piece doubled": _double,
    "an absurd length": _lengthen,
    "other delimiters declared": _change_encoding,
    "another field separator": _change_separator,
    "other delimiters": _change_delimiters,
    "delimiters put in": _put_one_of((b"|", b"^", b"~", b"\\", b"&", b"||||", b"^^^^", b"~~")),
    "another charset declared": _declare_charset,
    "recoded": _recode,
    "designations": _put_one_of(DESIGNATIONS),
    "escapes": _put_one_of(ESCAPES),
    "another type": _change_type,
    "another version": _change_version,
    "a header field": _change_header,
    "acknowledgement mode": _change_mode,
    "a broken head": _break_head,
    "a segment dropped": _drop_segment,
    "a segment doubled": _double_segment,
    "segments shuffled": _shuffle_segments,
    "a segment of another": _add_segment,
    "a segment renamed": _name_segment,
    "a field": _change_field,
    "order control": _change_control,
    "fields emptied": _empty_fields,
    "line ends": _change_line_ends,
    "mixed line ends": _mix_line_ends,
    "wrapped lines": _wrap_lines,
    "two in one": _two_in_one,
    "a batch": _batch,
    "many steps": _many_steps,
    "control characters alone": _only_control_characters,
    "noise alone": _only_noise,
}
