"""What is composed is read back equal, or told of: every attribute, every preset, every character set."""

from typing import Any

import hl7
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openworklist.domain.attributes import ATTRIBUTES, Attribute
from openworklist.domain.charset import CHARSETS
from openworklist.domain.record import Value
from openworklist.hl7.charset import decode
from openworklist.hl7.compose import Composed, Outgoing, compose
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import PRESETS, preset

SETS = [charset for charset in CHARSETS if charset.hl7]
# Letters of each set beside ASCII, and the delimiters of HL7.
LETTERS = {
    charset.name: "AZaz09 |^&~."
    + "".join(
        letter
        for letter in "üßéøñŁőĦĶЖяΩάשאعبĞşŒ€カナ山田太郎하나中文漢字"
        if letter.encode(charset.python, "ignore")
    )
    for charset in SETS
}
ORDERS = [name for name in PRESETS if name != "siu"]


def texts(letters: str) -> st.SearchStrategy[str]:
    return st.text(letters, min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)


def values_of(attribute: Attribute, letters: str) -> st.SearchStrategy[Value]:
    """Values as intake makes them."""
    line = texts(letters)
    part = texts(letters.replace("^", ""))
    special: dict[str, st.SearchStrategy[Any]] = {
        "patient_sex": st.sampled_from("FMO"),
        "pregnancy_status": st.sampled_from("1234"),
        "requested_procedure_priority": st.sampled_from(("STAT", "HIGH", "ROUTINE", "MEDIUM", "LOW")),
        "modality": st.sampled_from(("CT", "MR", "US")),
    }
    if attribute.name in special:
        return special[attribute.name]
    group = st.lists(part, min_size=1, max_size=5).map("^".join)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "PN": st.lists(group, min_size=1, max_size=3).map("=".join),
        "DA": st.dates().map("{:%Y%m%d}".format),
        "TM": st.times().map("{:%H%M%S}".format),
        "UI": st.lists(st.integers(0, 9999), min_size=2, max_size=6).map(
            lambda found: ".".join(map(str, found))
        ),
        "CS": st.sampled_from(("A", "SPLIT 1", "X_9")),
        "DS": st.integers(1, 300).map(str),
        "US": st.integers(1, 4).map(str),
        "LT": st.lists(line, min_size=1, max_size=3).map("\r\n".join),
    }
    if attribute.is_sequence:
        names = {item.name for item in attribute.items}
        if "code_value" in names:
            keys = ("code_value", "coding_scheme_designator", "code_meaning")
            return st.tuples(part, part, part).map(lambda found: (dict(zip(keys, found, strict=True)),))
        return st.just(({"local_namespace_entity_id": "N"},))
    if attribute.multiple:
        return st.lists(line, min_size=1, max_size=3).map("\\".join)
    return kinds.get(attribute.vr, line)


@st.composite
def records(draw: st.DrawFn) -> tuple[str, str, dict[str, Value]]:
    """The name of a character set and of a preset, and some values of a record."""
    charset = draw(st.sampled_from(SETS))
    chosen = draw(st.lists(st.sampled_from(ATTRIBUTES), min_size=1, max_size=12, unique=True))
    values = {each.name: draw(values_of(each, LETTERS[charset.name])) for each in chosen}
    return charset.hl7[0], draw(st.sampled_from(ORDERS)), values


def read(composed: Composed, profile: str) -> dict[str, Value]:
    decoded = decode(composed.content)
    (order,) = apply(parse(decoded.text), preset(profile), codec=decoded.codec)
    return dict(order.values)


@pytest.mark.parametrize("kind", ["ORM", "OMI"])
@given(record=records())
@settings(max_examples=400)
def test_every_value_comes_back_or_is_told_of(kind: Any, record: tuple[str, str, dict[str, Value]]) -> None:
    charset, profile, values = record
    header = Outgoing("X1", "20260314080000", "OW", "RAD", charset=charset)
    composed = compose(values, preset(profile), header, kind=kind)
    told = {each.name for each in composed.left_out}
    found = read(composed, profile)
    assert {name: found.get(name) for name in values.keys() - told} == {
        name: value for name, value in values.items() if name not in told
    }
    assert set(composed.added) == found.keys() - values.keys()


@given(record=records())
@settings(max_examples=100)
def test_another_parser_reads_the_same_message(record: tuple[str, str, dict[str, Value]]) -> None:
    _, profile, values = record
    composed = compose(values, preset(profile), Outgoing("X1", "20260314080000", "OW"))
    text = decode(composed.content).text
    theirs, ours = hl7.parse(text), parse(text)
    assert str(theirs.segment("MSH")[10]) == "X1"
    for their, our in zip(theirs[1:], ours.segments[1:], strict=True):
        assert [str(field) for field in their] == our.fields
