"""Trees of elements that hypothesis makes up, and their bytes damaged: read and answered, or refused."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from players.dataset_writer import Key, write
from players.sabotage_checks import check_command, check_identifier
from players.saboteur import Sabotage
from players.scanner import EXPLICIT, IMPLICIT
from players.scanner_questions import SHAPES

_ASKED = sorted(
    {
        each.tag
        for shape in SHAPES.values()
        for key in shape.keys
        for each in (key, *(inner for item in key.items or () for inner in item))
    }
)
tags = st.sampled_from(_ASKED) | st.integers(0, 2**32 - 1)
vrs = st.sampled_from(["AE", "CS", "DA", "DS", "LO", "LT", "PN", "SH", "TM", "UI", "UL", "UN", "US", "UT"])
texts = st.text("*?\\-^=. 0129ADamü山\x1b\0", max_size=12).map(lambda text: text.encode("utf_8"))
plain = st.builds(Key, tags, vrs, texts | st.binary(max_size=12))


def extend(keys: st.SearchStrategy[Key]) -> st.SearchStrategy[Key]:
    items = st.lists(st.lists(keys, max_size=4).map(tuple), max_size=2).map(tuple)
    return st.builds(Key, tags, st.sampled_from(["SQ", "SQ", "UN"]), st.just(b""), items)


trees = st.lists(st.recursive(plain, extend, max_leaves=12), max_size=8)
damages: st.SearchStrategy[Callable[[bytes], bytes]] = st.builds(
    lambda at, cut, noise: (
        lambda data: data[: at % (len(data) + 1)] + noise + data[at % (len(data) + 1) + cut :]
    ),
    st.integers(0, 10_000),
    st.integers(0, 6),
    st.binary(max_size=6),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(trees, st.booleans(), st.booleans(), st.lists(damages, max_size=2))
def test_any_tree_is_answered_truly_or_refused(
    tree: list[Key], is_explicit: bool, is_undefined: bool, damage: list[Callable[[bytes], bytes]]
) -> None:
    data = write(tree, is_explicit=is_explicit, is_undefined=is_undefined)
    for change in damage:
        data = change(data)
    check_identifier(Sabotage((), data, EXPLICIT if is_explicit else IMPLICIT))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 0x1100), st.binary(max_size=8)), max_size=12), st.binary(max_size=6))
def test_any_command_is_read_and_answered_or_refused(elements: list[tuple[int, bytes]], rest: bytes) -> None:
    tree = [Key(tag, "UN", value) for tag, value in elements]
    check_command(Sabotage((), write(tree, is_explicit=False) + rest))
