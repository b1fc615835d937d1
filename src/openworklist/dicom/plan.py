"""What a question wants to have returned: a tree of elements, hashable, the key of prepared answers."""

from __future__ import annotations

from typing import NamedTuple

from openworklist.domain.attributes import Attribute


class Wanted(NamedTuple):
    """One return key. `attribute` is None where the catalogue has no such element: it is answered empty.

    `items` of a sequence are the keys wanted of each item; None for all that is known of it.
    """

    tag: int
    vr: str
    attribute: Attribute | None
    items: tuple[Wanted, ...] | None = None


Plan = tuple[Wanted, ...]  # in ascending order of tags
