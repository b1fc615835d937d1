"""Names as they are compared: a row is a key, a name, and whether the one asks for the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.names import fold, folded_groups, is_name_match, to_group_patterns

YAMADA = "Yamada^Tarou=山田^太郎=やまだ^たろう"  # PS3.5 annex H.3.1

ROWS = [
    # Case and the way a letter is composed are not significant.
    ("DOE^john", "Doe^John", True),
    ("MÜLLER*", "Müller^Jürgen", True),
    ("Mu\u0308ller*", "M\u00fcller^Jürgen", True),
    ("strasse", "Straße", True),
    ("Muller*", "Müller^Jürgen", False),
    # PS3.5 6.2.1: delimiters at the end may be left out, in the key and in the entry.
    ("Doe^John^^^", "Doe^John", True),
    ("Doe^John", "Doe^John^^^", True),
    ("Doe^John", "Doe^John^^Dr", False),
    ("Doe*^^^^", "Doe^John", True),
    ("Doe^*", "Doe", True),
    ("Doe^*", "Doe^John", True),
    ("Doe^*", "Doel^John", False),
    ("Doe^*^*", "Doe", True),
    ("Doe^*^*", "Doe^John", True),
    ("Doe^^^*", "Doe", True),
    ("Doe^^^*", "Doe^^^Dr", True),
    ("Doe^^^*", "Doe^John", False),
    ("D?e^*", "Doe", True),
    # A star may stand for delimiters too.
    ("D*", "Doe^John", True),
    ("*John*", "Doe^John", True),
    ("^*", "Doe^John", False),
    ("^*", "^John", True),
    # One group in the key: any group of the entry.
    ("Yamada*", YAMADA, True),
    ("山田^太郎", YAMADA, True),
    ("やまだ*", YAMADA, True),
    ("太郎", YAMADA, False),
    # Several groups: each against its own.
    ("Yamada*=山田*", YAMADA, True),
    ("山田*=Yamada*", YAMADA, False),
    ("Yamada^Tarou==", YAMADA, True),
    ("=山田*", YAMADA, True),
    ("==やまだ*", YAMADA, True),
    ("=山田*", "Yamada^Tarou", False),
    # A group of nothing but stars demands nothing, not even that there is such a group.
    ("*=山田*", "=山田^太郎", True),
    ("Yamada*=*", "Yamada^T", True),
    ("Yamada*=*", "=Yamada", False),
    ("=*", "Doe", True),
    ("*=*=*", "", True),
    ("*^*", "Doe", True),
    ("^^=", "Doe", True),
    # An entry without a value fulfils no other key.
    ("Doe", "", False),
    ("?*", "", False),
]


@pytest.mark.parametrize(("key", "name", "expected"), ROWS)
def test_a_key_asks_for_a_name(key: str, name: str, expected: bool) -> None:
    assert is_name_match(key, name) is expected


def test_a_name_is_folded_group_by_group() -> None:
    assert folded_groups("Doe^John^^^==") == ("doe^john",)
    assert folded_groups("=山田^太郎") == ("", "山田^太郎")
    assert fold(" ẞ ") == "ss"


names = st.text("aB ^=é", max_size=12)


@given(names)
def test_every_name_is_found_by_itself(name: str) -> None:
    assert is_name_match(name, name)


@given(st.lists(st.text("aBé", max_size=3), max_size=5).map("^".join))
def test_every_name_is_found_by_its_beginning(name: str) -> None:
    assert all(is_name_match(f"{name[:end]}*", name) for end in range(len(name) + 1) if name.strip("^"))


@given(st.text("aB^=*?", max_size=12), names)
def test_no_group_demands_what_is_universal(key: str, name: str) -> None:
    assert all(each.patterns != ("*",) for each in to_group_patterns(key))
    if not to_group_patterns(key):
        assert is_name_match(key, name)
