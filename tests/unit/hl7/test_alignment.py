from openworklist.hl7.alignment import Pairs, align, merge


def pair(left: str, right: str) -> Pairs:
    return align(left, right, lambda one, two: 3 if one == two else 1)


def test_equal_items_find_each_other() -> None:
    assert pair("abc", "abc") == [(0, 0), (1, 1), (2, 2)]


def test_what_one_side_lacks_has_no_partner() -> None:
    assert pair("abcd", "abd") == [(0, 0), (1, 1), (3, 2)]
    assert pair("ad", "abcd") == [(0, 0), (1, 3)]


def test_the_best_fit_wins_over_the_first() -> None:
    assert pair("xb", "ab") == [(0, 0), (1, 1)]
    assert pair("b", "ab") == [(0, 1)]


def test_what_must_not_belong_together_stays_apart() -> None:
    assert align("ab", "cb", lambda one, two: 1 if one == two else None) == [(1, 1)]


def test_a_moved_item_has_no_partner() -> None:
    assert pair("abcdx", "xabcd") == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_nothing_has_no_partners() -> None:
    assert pair("", "abc") == []


def test_long_lists_are_cut_at_what_occurs_once() -> None:
    left = [f"a{number}" for number in range(1000)]
    right = [name for name in left if name not in ("a10", "a500")] + ["new"]
    weighed = []

    def score(one: str, two: str) -> int:
        weighed.append((one, two))
        return 3 if one == two else 1

    pairs = align(left, right, score, str)

    assert len(pairs) == 998
    assert all(left[i] == right[j] for i, j in pairs)
    assert len(weighed) < 1000


def test_long_lists_without_anchors_are_paired_in_order() -> None:
    left, right = ["x"] * 300 + ["end"], ["y"] * 299 + ["end"]
    pairs = align(left, right, lambda one, two: 1, lambda item: None)

    assert pairs == [*((i, i) for i in range(299)), (300, 299)]


def test_partners_are_read_together_and_the_others_in_their_place() -> None:
    assert list(merge(3, 3, {0: 0, 2: 2})) == [(0, 0), (1, None), (None, 1), (2, 2)]
    assert list(merge(0, 2, {})) == [(None, 0), (None, 1)]
    assert list(merge(2, 2, {0: 1, 1: 0})) == [(0, 1), (1, 0)]
