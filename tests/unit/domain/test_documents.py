"""Documents that are not what they should be: each error names its place."""

from collections.abc import Callable

import pytest

from openworklist.domain.documents import check_keys, read_flag, read_rank, read_texts
from openworklist.domain.errors import SettingsError


@pytest.mark.parametrize(
    ("read", "where"),
    [
        (lambda: read_texts(3, "a"), "a"),
        (lambda: read_texts([], "a"), "a"),
        (lambda: read_texts(["x", 3], "a"), "a[1]"),
        (lambda: check_keys([], ("known",), "a"), "a"),
        (lambda: check_keys({"known": 1, "unknwon": 2}, ("known",), "a"), "a.unknwon"),
        (lambda: read_rank({"rank": "first"}, "a"), "a.rank"),
        (lambda: read_rank({"rank": True}, "a"), "a.rank"),
        (lambda: read_flag({"replaces": "yes"}, "replaces", "a", default=False), "a.replaces"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(read: Callable[[], object], where: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read()
    assert (caught.value.where, caught.value.code) == (where, "rule.invalid")


def test_one_text_may_stand_for_a_list_of_one() -> None:
    assert read_texts("CT", "a") == read_texts(["CT"], "a") == ("CT",)


def test_what_is_not_said_has_its_default() -> None:
    assert read_rank({}, "a") == 0
    assert read_flag({}, "shares", "a", default=True) is True
