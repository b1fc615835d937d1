"""Which items of two lists belong together, in the order of both: exact for short lists, by anchors for long.

Work grows with n log n: lists longer than the window are cut at what occurs once on both sides first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Pairs = list[tuple[int, int]]
# How well two items fit, above 0; None: they never belong together.
Score = Callable[[Item, Item], int | None]
# What an item may be found by; None: not by this.
Anchor = Callable[[Item], Hashable]

WINDOW: Final = 400  # pairs of items that are weighed against each other


def align(left: Sequence[Item], right: Sequence[Item], score: Score[Item], *anchors: Anchor[Item]) -> Pairs:
    """Pairs of indexes, rising on both sides, with the highest sum of scores.

    Beyond the window, items that an anchor names once on either side are paired first, one anchor after the
    other; what is left between them is weighed if it fits into the window, else paired in order.
    """
    pairs: Pairs = []
    _align(left, range(len(left)), right, range(len(right)), score, anchors, pairs)
    return sorted(pairs)


def merge(count: int, others: int, partners: Mapping[int, int]) -> Iterator[tuple[int | None, int | None]]:
    """The indexes of both lists, partners together, in the order of the left; None for no partner.

    What is only right stands before the next that has a partner.
    """
    alone = iter(sorted(set(range(others)) - set(partners.values())))
    waiting = next(alone, None)
    for i in range(count):
        partner = partners.get(i)
        while partner is not None and waiting is not None and waiting < partner:
            yield None, waiting
            waiting = next(alone, None)
        yield i, partner
    while waiting is not None:
        yield None, waiting
        waiting = next(alone, None)


def _align(
    left: Sequence[Item],
    own: range,
    right: Sequence[Item],
    other: range,
    score: Score[Item],
    anchors: Sequence[Anchor[Item]],
    pairs: Pairs,
) -> None:
    own, other = _take_equal_ends(left, own, right, other, pairs)
    if len(own) * len(other) <= WINDOW:
        pairs += _weigh(left, own, right, other, score)
    elif not anchors:
        pairs += [(i, j) for i, j in zip(own, other, strict=False) if score(left[i], right[j]) is not None]
    else:
        found = _find_anchors(left, own, right, other, anchors[0])
        begin, start = own.start, other.start
        for i, j in [*found, (own.stop, other.stop)]:
            _align(left, range(begin, i), right, range(start, j), score, anchors[1:], pairs)
            begin, start = i + 1, j + 1
        pairs += found


def _take_equal_ends(
    left: Sequence[Item], own: range, right: Sequence[Item], other: range, pairs: Pairs
) -> tuple[range, range]:
    while own and other and left[own[0]] == right[other[0]]:
        pairs.append((own[0], other[0]))
        own, other = own[1:], other[1:]
    while own and other and left[own[-1]] == right[other[-1]]:
        pairs.append((own[-1], other[-1]))
        own, other = own[:-1], other[:-1]
    return own, other


def _weigh(
    left: Sequence[Item], own: range, right: Sequence[Item], other: range, score: Score[Item]
) -> Pairs:
    """Of all ways to pair two lists in order, the one with the highest sum; of equal ones the earliest."""
    scores = [[score(left[i], right[j]) for j in other] for i in own]
    best = [[0] * (len(other) + 1) for _ in range(len(own) + 1)]
    for i in reversed(range(len(own))):
        for j in reversed(range(len(other))):
            fit = scores[i][j]
            without = max(best[i + 1][j], best[i][j + 1])
            best[i][j] = without if fit is None else max(without, fit + best[i + 1][j + 1])
    pairs: Pairs = []
    i = j = 0
    while i < len(own) and j < len(other):
        fit = scores[i][j]
        if fit is not None and best[i][j] == fit + best[i + 1][j + 1]:
            pairs.append((own[i], other[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            i += 1
    return pairs


def _find_anchors(
    left: Sequence[Item], own: range, right: Sequence[Item], other: range, anchor: Anchor[Item]
) -> Pairs:
    """The longest rising row of items that the anchor names once on either side."""
    names = [anchor(left[i]) for i in own]
    others = [anchor(right[j]) for j in other]
    is_once = {name for name, count in Counter(names).items() if count == 1 and name is not None}
    is_once &= {name for name, count in Counter(others).items() if count == 1}
    places: dict[Any, int] = {name: j for j, name in zip(other, others, strict=True) if name in is_once}
    found = [(i, places[name]) for i, name in zip(own, names, strict=True) if name in is_once]
    return _longest_rising(found)


def _longest_rising(pairs: Pairs) -> Pairs:
    """Patience sorting: `before` leads from each pair back to the one that a longest row has before it."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [index]
    row: Pairs = []
    index = ends[-1] if ends else -1
    while index >= 0:
        row.append(pairs[index])
        index = before[index]
    return row[::-1]
