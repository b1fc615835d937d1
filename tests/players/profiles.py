"""Mapping profiles of any kind, for tests that make many of them."""

from contextlib import suppress

from hypothesis import strategies as st

from openworklist.domain.attribute import Attribute
from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.errors import MappingError
from openworklist.domain.extra import read_attribute
from openworklist.hl7.path import Path
from openworklist.hl7.profile import Profile, Variant
from openworklist.hl7.rule import Condition, Rule, Source
from openworklist.hl7.sequences import is_fillable
from openworklist.hl7.shapes import SHAPES

EXTRAS = [
    read_attribute("ProtocolName"),
    read_attribute("step.ProtocolName"),
    read_attribute("step.(0019,1001)", vr="LO", creator="ACME"),
    read_attribute("(0028,0106)", vr="US"),
]
number = st.integers(0, 9)
paths = st.builds(Path, st.sampled_from(["PID", "OBR", "OBX", "ZDS"]), st.integers(0, 50), number).flatmap(
    lambda path: st.builds(
        path._replace,
        subcomponent=number if path.component else st.just(0),
        repetition=number,
        occurrence=number,
    )
)
words = st.sampled_from(["CT", "20260314", "1.2.3", "A^B^C", "*", "", "Müller^Ä"]) | st.text(max_size=8)
patterns = st.sampled_from(["", r"\d+", "^(a|b)", "(a+)+"])
attributes: st.SearchStrategy[Attribute] = st.sampled_from([*filter(is_fillable, ATTRIBUTES), *EXTRAS])


@st.composite
def conditions(draw: st.DrawFn, path: Path | None = None) -> Condition:
    place = path or draw(paths)
    if place.field == 0:
        return Condition(Path(place.segment, 0))
    kind = draw(st.sampled_from(["value", "shape", ""]))
    value = draw(words.filter(bool)) if kind == "value" else ""
    return Condition(place, value, draw(st.sampled_from(sorted(SHAPES))) if kind == "shape" else "")


@st.composite
def sources(draw: st.DrawFn) -> Source:
    path = draw(paths.filter(lambda path: path.field > 0))
    where = draw(st.none() | conditions(path._replace(field=3, occurrence=0)))
    shape = draw(st.sampled_from(["", *SHAPES]))
    return Source(path._replace(occurrence=0) if where else path, shape, where)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """A rule that may be; most of what is drawn may not."""
    attribute = draw(attributes)
    several = tuple(draw(st.lists(sources(), max_size=3)))
    table = draw(st.dictionaries(words, words, max_size=3))
    pattern, default, constant = draw(patterns), draw(words), draw(words)
    for parts in (
        {"sources": several, "table": table, "pattern": pattern, "default": default},
        {"sources": several, "table": table, "default": default},
        {"sources": several, "pattern": pattern},
        {"sources": several},
        {"constant": constant},
        {"default": default},
    ):
        with suppress(MappingError):
            return Rule(attribute, **parts)  # type: ignore[arg-type]
    return Rule(attribute, (Source(Path("OBR", 4)),))


def unique(found: list[Rule]) -> tuple[Rule, ...]:
    return tuple({rule.attribute.name: rule for rule in found}.values())


plain = st.builds(
    Profile,
    st.text("aBc ä-", min_size=1, max_size=64).filter(str.strip),
    st.lists(rules(), max_size=5).map(unique),
)
variants = st.builds(
    Variant, st.lists(st.lists(conditions(), min_size=1, max_size=3).map(tuple), min_size=1).map(tuple), plain
)
profiles = st.builds(
    lambda profile, more: Profile(profile.name, profile.rules, tuple(more)),
    plain,
    st.lists(variants, max_size=2),
)


def everything(profile: Profile) -> tuple[object, ...]:
    return (
        profile.name,
        profile.rules,
        [(each.when, everything(each.profile)) for each in profile.variants],
    )
