"""Comparing tells every path of both messages once, the same from either side, whatever the delimiters."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from openworklist.hl7.alignment import align
from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.compare import Meaning, Status, compare
from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.escapes import escape
from openworklist.hl7.grid import lay_out
from openworklist.hl7.leaves import Reader, is_encoding
from openworklist.hl7.message import Message, parse
from openworklist.hl7.profile import preset

DATA = Path(__file__).parents[1] / "data" / "hl7"
SAMPLES = [
    parse(decode(raw).text)
    for path in sorted(DATA.glob("*/*.hl7"))
    if "malformed" not in path.parts
    for raw in split_messages(path.read_bytes())
    if raw.startswith(b"MSH")
]
CLASSIC = preset("classic")
MIRRORED = {Status.LEFT: Status.RIGHT, Status.RIGHT: Status.LEFT}

# A field is repetitions of components of subcomponents: what it says, before it is written.
_values = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85")
    | st.sampled_from("|^~\\&#@"),
    max_size=6,
)
_fields = st.lists(st.lists(st.lists(_values, max_size=2), max_size=3), max_size=2)
_names = st.sampled_from(["PID", "NTE", "NTE", "ORC", "OBR", "OBX", "OBX", "DG1", "RGS", "ZXX"])
_segments = st.tuples(_names, st.lists(_fields, max_size=4))
_said = st.lists(_segments, max_size=8)
_delimiters = st.permutations("|#@~^&$%!*").map(lambda letters: Delimiters(*letters[:3], "\\", letters[3]))

Said = list[tuple[str, list[list[list[list[str]]]]]]


def write(said: Said, delimiters: Delimiters) -> Message:
    def write_field(field: list[list[list[str]]]) -> str:
        return delimiters.repetition.join(
            delimiters.component.join(
                delimiters.subcomponent.join(escape(value, delimiters) for value in component)
                for component in repetition
            )
            for repetition in field
        )

    encoding = "".join(delimiters[1:5])
    lines = [f"MSH{delimiters.field}{encoding}{delimiters.field}HIS"]
    lines += [delimiters.field.join((name, *map(write_field, fields), "")) for name, fields in said]
    return parse("\r".join(lines) + "\r")


USUAL = Delimiters()


def told(meaning: Meaning) -> Counter[tuple[str, ...]]:
    """Every path and value of the comparison, without their order."""
    return Counter(
        (pair.name, str(pair.left), str(pair.right), str(row.path), str(row.left), str(row.right), row.status)
        for pair in meaning.segments
        for row in pair.leaves()
    )


def paths_of(message: Message) -> Counter[tuple[str, int, int]]:
    """Every field that says something, by segment, occurrence and number."""
    reader = Reader(message.delimiters, "utf_8")
    seen: Counter[str] = Counter()
    found: Counter[tuple[str, int, int]] = Counter()
    for segment in message.segments:
        seen[segment.name] += 1
        for number, leaves in enumerate(reader.read_segment(segment)):
            if leaves and not is_encoding(segment.name, number):
                found[segment.name, seen[segment.name], number] += 1
    return found


def check_complete(left: Message, right: Message) -> None:
    meaning = compare(left, right, profile=CLASSIC)
    for message, side in ((left, "left"), (right, "right")):
        counted = Counter(segment.name for segment in message.segments)
        places = Counter((pair.name, getattr(pair, side)) for pair in meaning.segments if getattr(pair, side))
        assert places == Counter(
            (name, number) for name, count in counted.items() for number in range(1, count + 1)
        )
        fields = Counter(
            (pair.name, getattr(pair, side), row.path.field)
            for pair in meaning.segments
            for row in pair.rows
            if getattr(row, side) is not None
        )
        assert fields == paths_of(message)
    for pair in meaning.segments:
        assert len({row.path for row in pair.leaves()}) == len(list(pair.leaves()))


def check_mirrored(left: Message, right: Message) -> None:
    forth, back = told(compare(left, right)), told(compare(right, left))
    turned = Counter(
        {
            (name, other, own, path, two, one, MIRRORED.get(Status(status), Status(status))): count
            for (name, own, other, path, one, two, status), count in back.items()
        }
    )
    assert forth == turned


@given(_said, _delimiters, _delimiters)
def test_a_message_says_the_same_in_any_delimiters(said: Said, one: Delimiters, two: Delimiters) -> None:
    left, right = write(said, one), write(said, two)
    meaning = compare(left, right, profile=CLASSIC)
    assert meaning.is_same
    assert {pair.status for pair in meaning.segments} == {Status.SAME}
    encoding = {1, 2}
    for segment in lay_out(left, right).segments:
        differing = {column.number for column in segment.columns if column.status not in (None, Status.SAME)}
        assert differing <= (encoding if segment.name == "MSH" else set())


@given(_said, _said, _delimiters)
def test_every_path_of_both_messages_is_told_once(one: Said, two: Said, delimiters: Delimiters) -> None:
    check_complete(write(one, USUAL), write(two, delimiters))


@given(_said, st.randoms(use_true_random=False), _delimiters)
def test_the_other_way_round_is_the_mirror_image(said: Said, random: object, delimiters: Delimiters) -> None:
    other = [segment for segment in said if random.random() > 0.2]  # type: ignore[attr-defined]
    random.shuffle(other)  # type: ignore[attr-defined]
    check_mirrored(write(said, USUAL), write(other, delimiters))


@given(_said, _said)
def test_only_the_same_is_called_the_same(one: Said, two: Said) -> None:
    left, right = write(one, USUAL), write(two, USUAL)
    says = [Reader(message.delimiters, "utf_8") for message in (left, right)]
    own, other = (
        Counter((segment.name, reader.read_segment(segment)) for segment in message.segments)
        for reader, message in zip(says, (left, right), strict=True)
    )
    if compare(left, right).is_same:
        assert own == other


@settings(max_examples=50)
@given(st.sampled_from(SAMPLES), st.sampled_from(SAMPLES))
def test_samples_of_real_senders_are_told_whole_and_mirrored(left: Message, right: Message) -> None:
    check_complete(left, right)
    check_mirrored(left, right)
    assert compare(left, left).is_same


@given(st.text("abcd", max_size=60), st.text("abcd", max_size=60))
def test_partners_rise_on_both_sides_and_none_is_taken_twice(left: str, right: str) -> None:
    pairs = align(left, right, lambda one, two: 3 if one == two else 1, lambda item: item)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
