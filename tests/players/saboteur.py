"""A saboteur: takes what scanners send over DICOM and breaks it; what he made is known by seed and number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from struct import pack
from typing import Final

from openworklist.dicom import dimse, pdu
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.sop_classes import APPLICATION_CONTEXT, MODALITY_WORKLIST, VERIFICATION
from openworklist.dicom.user_information import (
    ExtendedNegotiation,
    RoleSelection,
    UserIdentity,
    UserInformation,
)
from players.dataset_writer import Key, key, write
from players.scanner import EXPLICIT, IMPLICIT
from players.scanner_questions import SHAPES

_TREES: Final = tuple(tuple(shape.keys) for shape in SHAPES.values())
_VRS: Final = [
    "AE",
    "AS",
    "AT",
    "CS",
    "DA",
    "DS",
    "DT",
    "FD",
    "FL",
    "IS",
    "LO",
    "LT",
    "OB",
    "OW",
    "PN",
    "SH",
    "SL",
    "SQ",
    "SS",
    "ST",
    "TM",
    "UC",
    "UI",
    "UL",
    "UN",
    "UR",
    "US",
    "UT",
    "OD",
    "OL",
    "SV",
    "UV",
    "ZZ",
]
_TAGS: Final = (
    0x0008_0005, 0x0008_0052, 0x0008_0060, 0x0008_0201, 0x0010_0010, 0x0010_0020, 0x0010_0030, 0x0010_1030,
    0x0010_21C0, 0x0020_000D, 0x0032_1064, 0x0040_0001, 0x0040_0002, 0x0040_0003, 0x0040_0008, 0x0040_0100,
    0x0040_0440, 0x0040_1400, 0x0040_A390, 0x0038_0100, 0x0000_0000, 0x0000_0002, 0x0008_0000, 0x0009_0010,
    0x0009_1001, 0x0040_FFFF, 0xFFFE_E000, 0xFFFE_E00D, 0xFFFE_E0DD, 0xFFFF_FFFF, 0x7FE0_0010,
)  # fmt: skip
_VALUES: Final = (
    b"", b"*", b"?", b"**?*", b"*" * 1025, b"a*" * 600, b"?" * 1024, b"\\" * 999, b"A\\" * 1100, b"CT\\*",
    b"\\CT\\", b"20260316-20260315", b"-", b"--", b"2026", b"20260231", b"20260316-20260317-20260318",
    b"00000000", b"2026.03.16", b"24", b"235960.999999", b"9999", b"10-", b"-10", b"1015.5.5", b"1.2..3",
    b"1." * 600, b"\0", b"\0\0CT\0", b" ", b"'; DROP TABLE records --", b"%_%", b"[a-z]*", b"=", b"===",
    b"^^^^^^^", b"*=*=*", b"Doe^John=x=y=z", b"doe*" * 9, b"\xff\xfe\xfd", b"\x1b$B", b"\x1b$B;3\x1b(B*",
    b"\x1b\x1b\x1b", b"M\xfcller", b"\xd0\x98*", b"\x7f\x80\x81", b"ISO_IR 192", b"ISO_IR 100",
    b"\\ISO 2022 IR 87", b"ISO 2022 IR 13\\ISO 2022 IR 149", b"GB18030", b"nonsense", b"RADIOLO~KAJCFVNE",
    b"~AAAAAAAA", b"1e400", b"nan", b"-0", b"70.5", b"x" * 20_000, b"\xe5\x00\xfe\xff\x00\xe0",
)  # fmt: skip
_NUMBERS: Final = (0, 1, 2, 7, 8, 0x7F, 0xFF, 0x101, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF,
                   0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFE, 0xFFFF_FFFF)  # fmt: skip
_MOST: Final = 500  # elements that are bent once more: else one in a hundred takes all the time
_PIECES: Final = (
    b"\xfe\xff\x00\xe0\xff\xff\xff\xff", b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0",
    b"\xfe\xff\x00\xe0\0\0\0\0", b"\x40\x00\x00\x01\xff\xff\xff\xff",
    b"\x40\x00\x00\x01SQ\0\0\xff\xff\xff\xff", b"\0" * 9, b"\x10\x00\x20\x00\x04\x00\x00\x00P001",
    b"UN\0\0", b"SQ", b"\x1b$B", b"\xff" * 9,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sabotage:
    """What was done, and the bytes: an identifier, a command set, or all that one connection sends."""

    how: tuple[str, ...]
    data: bytes
    syntax: str = IMPLICIT


class Saboteur:
    """Breaks things; the same for the same seed and number."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def identifier(self, number: int) -> Sabotage:
        return _break_identifier(self._draw("identifier", number))

    def command(self, number: int) -> Sabotage:
        return _break_command(self._draw("command", number))

    def stream(self, number: int) -> Sabotage:
        return _break_stream(self._draw("stream", number))

    def _draw(self, kind: str, number: int) -> Random:
        return Random(f"{self.seed} {kind} {number}")


# Bytes ------------------------------------------------------------------------------------------------------


def _flip_bits(draw: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 5, 40)) if out else 0):
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    return bytes(out)


def _set_bytes(draw: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 9)) if out else 0):
        out[draw.randrange(len(out))] = draw.choice((0, 1, 0xFF, 0xFE, 0x2A, 0x5C, 0x1B, draw.randrange(256)))
    return bytes(out)


def _cut_off(draw: Random, data: bytes) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _cut_out(draw: Random, data: bytes) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + data[at + draw.choice((1, 1, 2, 4, 8, 30)) :]


def _double(draw: Random, data: bytes) -> bytes:
    at = draw.randrange(len(data) + 1)
    piece = data[at : at + draw.choice((2, 8, 30, 300))]
    return data[:at] + piece * draw.choice((2, 2, 3, 50)) + data[at:]


def _put_in(draw: Random, data: bytes) -> bytes:
    at = draw.randrange(len(data) + 1)
    piece = draw.choice(_PIECES) * draw.choice((1, 1, 2, 30, 900))
    return data[:at] + piece + data[at:]


def _lie_about_a_length(draw: Random, data: bytes) -> bytes:
    """Most aligned places hold a tag or a length."""
    number, size = draw.choice(_NUMBERS), draw.choice((2, 4))
    order = draw.choice(("little", "big"))
    at = draw.randrange(len(data) // 2 + 1) * 2
    told = (number & ((1 << 8 * size) - 1)).to_bytes(size, "little" if order == "little" else "big")
    return data[:at] + told + data[at + size :]


def _swap(draw: Random, data: bytes) -> bytes:
    one, other = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
    return data[other:] + data[one:other] + data[:one]


Mangle = Callable[[Random, bytes], bytes]
MANGLINGS: Final[Mapping[str, Mangle]] = {
    "bits flipped": _flip_bits,
    "bytes set": _set_bytes,
    "cut off": _cut_off,
    "cut out": _cut_out,
    "doubled": _double,
    "put in": _put_in,
    "length": _lie_about_a_length,
    "swapped": _swap,
}


def _mangle(draw: Random, data: bytes, share: float) -> tuple[tuple[str, ...], bytes]:
    if draw.random() > share:
        return (), data
    how = tuple(draw.choices(tuple(MANGLINGS), k=draw.choice((1, 1, 1, 2, 3))))
    for name in how:
        data = MANGLINGS[name](draw, data)
    return how, data


# Identifiers ------------------------------------------------------------------------------------------------

Tree = tuple[Key, ...]


def _change_value(draw: Random, tree: Tree) -> Tree:
    return _at_one(draw, tree, lambda each: Key(each.tag, each.vr, draw.choice(_VALUES)))


def _change_vr(draw: Random, tree: Tree) -> Tree:
    return _at_one(draw, tree, lambda each: each.as_vr(draw.choice(_VRS)))


def _change_tag(draw: Random, tree: Tree) -> Tree:
    return _at_one(draw, tree, lambda each: Key(_draw_tag(draw), each.vr, each.value, each.items))


def _to_sequence(draw: Random, tree: Tree) -> Tree:
    inner = draw.choice(_TREES)[: draw.randrange(4)]
    items = tuple(inner for _ in range(draw.choice((0, 0, 1, 1, 1, 2, 2, 40))))
    return _at_one(draw, tree, lambda each: Key(each.tag, draw.choice(("SQ", each.vr, "UN")), b"", items))


def _nest(draw: Random, tree: Tree) -> Tree:
    tag = draw.choice((0x0040_0100, 0x0032_1064, 0x0040_0008, 0x0040_0440, 0x0040_A043, 0x0009_1001))
    for _ in range(draw.choice((1, 2, 7, 8, 9, 60))):
        tree = (Key(tag, "SQ", b"", (tree,)),)
    return tree


def _nest_in_one(draw: Random, tree: Tree) -> Tree:
    return _at_one(draw, tree, lambda each: Key(each.tag, "SQ", b"", (tree,)))


def _repeat(draw: Random, tree: Tree) -> Tree:
    return tree * draw.choice((2, 2, 2, 2, 60))


def _many_keys(draw: Random, tree: Tree) -> Tree:
    first = draw.choice((0x0008_0001, 0x0010_0001, 0x0009_1000, 0x0040_0001, 0x7FE1_0000))
    return (
        *tree,
        *(Key(first + each, draw.choice(_VRS)) for each in range(draw.choice((3, 3, 3, 30, 30, 2000)))),
    )


def _shuffle(draw: Random, tree: Tree) -> Tree:
    return tuple(draw.sample(tree, len(tree)))


def _drop(draw: Random, tree: Tree) -> Tree:
    return tuple(each for each in tree if draw.random() < 0.7)


def _join(draw: Random, tree: Tree) -> Tree:
    return tuple(sorted((*tree, *draw.choice(_TREES)), key=lambda each: each.tag))


def _name_a_set(draw: Random, tree: Tree) -> Tree:
    return (key(0x0008_0005, draw.choice(_VALUES)), *tree)


BENDINGS: Final[Mapping[str, Callable[[Random, Tree], Tree]]] = {
    "value": _change_value,
    "values": lambda draw, tree: _change_value(draw, _change_value(draw, tree)),
    "VR": _change_vr,
    "tag": _change_tag,
    "sequence made": _to_sequence,
    "nested": _nest,
    "nested in itself": _nest_in_one,
    "repeated": _repeat,
    "many keys": _many_keys,
    "shuffled": _shuffle,
    "dropped": _drop,
    "joined": _join,
    "character set": _name_a_set,
}


def _at_one(draw: Random, tree: Tree, change: Callable[[Key], Key]) -> Tree:
    """The tree with one element changed, in the item of a sequence as often as not."""
    if not tree:
        return tree
    at = draw.randrange(len(tree))
    chosen = tree[at]
    if chosen.items and draw.random() < 0.7:
        inside = draw.randrange(len(chosen.items))
        items = list(chosen.items)
        items[inside] = _at_one(draw, items[inside], change)
        changed = Key(chosen.tag, chosen.vr, b"", tuple(items))
    else:
        changed = change(chosen)
    return (*tree[:at], changed, *tree[at + 1 :])


def _count(tree: Tree) -> int:
    return sum(1 + sum(map(_count, each.items or ())) for each in tree)


def _draw_tag(draw: Random) -> int:
    return draw.choice(
        (draw.choice(_TAGS), draw.choice(_TAGS), draw.getrandbits(32), 0x0009_1000 + draw.getrandbits(8))
    )


def _break_identifier(draw: Random) -> Sabotage:
    tree = draw.choice(_TREES)
    bent = tuple(draw.choices(tuple(BENDINGS), k=draw.choice((0, 1, 1, 2, 3))))
    for name in bent:
        if _count(tree) < _MOST:
            tree = BENDINGS[name](draw, tree)
    is_explicit = draw.random() < 0.5
    data = _write(draw, tree, is_explicit=is_explicit)
    mangled, data = _mangle(draw, data, 0.5)
    return Sabotage((*bent, *mangled), data, EXPLICIT if is_explicit else IMPLICIT)


def _write(draw: Random, tree: Tree, *, is_explicit: bool) -> bytes:
    """A length that has no room in 16 bits is cut: the writer mends nothing, and neither is it to fail."""
    if is_explicit:
        tree = _fit(tree)
    return write(tree, is_explicit=is_explicit, is_undefined=draw.random() < 0.4)


def _fit(tree: Tree) -> Tree:
    fitted = []
    for each in tree:
        items = None if each.items is None else tuple(map(_fit, each.items))
        vr = each.vr if items is None or each.vr in ("SQ", "UN") else "SQ"
        fitted.append(Key(each.tag, vr, each.value[:0xFFFE], items))
    return tuple(fitted)


# Commands ---------------------------------------------------------------------------------------------------

_TEXTS: Final = ("", VERIFICATION, MODALITY_WORKLIST, "1.2.840.10008.3.1.2.3.3", "1." * 40, "x", "1.2\\1.3")


def _draw_command(draw: Random) -> dict[int, dimse.Element]:
    field = draw.choice((*dimse.CommandField, *dimse.CommandField, 0x8020, 0x8030, draw.getrandbits(16)))
    elements: dict[int, dimse.Element] = {
        dimse.AFFECTED_SOP_CLASS_UID: draw.choice(_TEXTS),
        dimse.COMMAND_FIELD: field,
        dimse.MESSAGE_ID: draw.choice((0, 1, 2, 0xFFFF)),
        dimse.MESSAGE_ID_RESPONDED_TO: draw.choice((0, 1, 2, 0xFFFF)),
        dimse.PRIORITY: draw.choice((0, 1, 2, 9)),
        dimse.DATA_SET_TYPE: draw.choice((0x0101, 0x0101, 0, 1, 0xFFFF)),
        dimse.AFFECTED_SOP_INSTANCE_UID: draw.choice(_TEXTS),
        dimse.STATUS: draw.getrandbits(16),
        0x0000_1005: tuple(draw.choice(_TAGS) for _ in range(draw.randrange(4))),
    }
    return {tag: value for tag, value in elements.items() if draw.random() < 0.85}


def _break_command(draw: Random) -> Sabotage:
    how, data = _mangle(draw, dimse.encode(_draw_command(draw)), 0.6)
    return Sabotage(how, data)


# Connections ------------------------------------------------------------------------------------------------


def _draw_request(draw: Random) -> bytes:
    syntaxes = ((IMPLICIT,), (EXPLICIT,), (IMPLICIT, EXPLICIT), ("1.2.840.10008.1.2.2",), ())
    contexts = tuple(
        ProposedContext(
            number, draw.choice((MODALITY_WORKLIST, VERIFICATION, "1.2.3")), draw.choice(syntaxes)
        )
        for number in range(1, 1 + 2 * draw.choice((0, 1, 2, 3, 128)), 2)
    )
    user = UserInformation(
        max_length=draw.choice((0, 1, 7, 8, 128, 16_384, 0xFFFF_FFFF)),
        implementation_class="1.2.3",
        implementation_version=draw.choice(("", "X", "X" * 16)),
        async_window=draw.choice((None, (0, 0), (5, 5))),
        roles=(RoleSelection(MODALITY_WORKLIST, False, True),) * draw.randrange(3),
        extended=(ExtendedNegotiation(MODALITY_WORKLIST, b"\1\1\1\1\1"),) * draw.randrange(3),
        identity=draw.choice((None, UserIdentity(1, True, b"user"))),
    )
    application = draw.choice((APPLICATION_CONTEXT, APPLICATION_CONTEXT, APPLICATION_CONTEXT, "1.2"))
    return pdu.encode(pdu.AssociateRequest("OPENWORKLIST", "CT01", application, contexts, user))


_SOUND_REQUEST: Final = pdu.encode(
    pdu.AssociateRequest(
        "OPENWORKLIST",
        "CT01",
        APPLICATION_CONTEXT,
        (
            ProposedContext(1, VERIFICATION, (IMPLICIT,)),
            ProposedContext(3, MODALITY_WORKLIST, (IMPLICIT,)),
            ProposedContext(5, MODALITY_WORKLIST, (EXPLICIT,)),
        ),
        UserInformation(16_384, "1.2.3", "X"),
    )
)


def _draw_message(draw: Random) -> bytes:
    """A command, and often an identifier, cut into PDVs and put into PDUs, in order most of the time."""
    context = draw.choice((1, 3, 3, 3, 5, 5, 5, 7, 0))
    broken = _break_identifier(draw)
    if draw.random() < 0.5:
        context = 5 if broken.syntax == EXPLICIT else 3
        command = dimse.encode(
            {
                dimse.AFFECTED_SOP_CLASS_UID: MODALITY_WORKLIST,
                dimse.COMMAND_FIELD: dimse.CommandField.C_FIND_RQ,
                dimse.MESSAGE_ID: draw.choice((1, 2)),
                dimse.PRIORITY: 0,
                dimse.DATA_SET_TYPE: 1,
            }
        )
        pieces = [(1, command), (0, broken.data)]
    else:
        pieces = [(1, _break_command(draw).data)] + [(0, broken.data)] * draw.choice((0, 0, 1, 1, 2))
    pdvs = [pdv for flag, data in pieces for pdv in _cut(draw, context, flag, data)]
    if draw.random() < 0.1:
        pdvs = draw.sample(pdvs, len(pdvs))
    if draw.random() < 0.3:
        return pdu.encode(pdu.Data(tuple(pdvs)))
    return b"".join(pdu.encode(pdu.Data((pdv,))) for pdv in pdvs)


def _cut(draw: Random, context: int, flag: int, data: bytes) -> list[pdu.Pdv]:
    size = max(1, draw.choice((len(data), len(data), len(data) // 2, 100, 16_000)))
    cuts = [data[at : at + size] for at in range(0, len(data), size)][:300] or [b""]
    ends = [flag] * (len(cuts) - 1) + [flag | 2]
    if draw.random() < 0.05:
        ends[draw.randrange(len(ends))] = draw.randrange(256)
    return [pdu.Pdv(context, end, cut) for end, cut in zip(ends, cuts, strict=True)]


def _break_stream(draw: Random) -> Sabotage:
    parts = [_SOUND_REQUEST if draw.random() < 0.8 else _mangle(draw, _draw_request(draw), 0.5)[1]]
    parts += [_draw_message(draw) for _ in range(draw.choice((0, 1, 1, 2, 5)))]
    ends = (b"", b"", pdu.RELEASE_REQUEST, pdu.RELEASE_REPLY, pdu.encode(pdu.Abort(0, 0)), parts[0])
    parts.append(draw.choice(ends))
    parts.append(
        draw.choice(
            (b"", b"", b"", draw.randbytes(20), pack(">BxI", draw.randrange(9), draw.getrandbits(32)))
        )
    )
    if draw.random() < 0.1:
        parts = draw.sample(parts, len(parts))
    how, data = _mangle(draw, b"".join(parts), 0.3)
    return Sabotage(how, data)
