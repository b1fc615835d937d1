"""The address of the worklist: search, order, page and selected record, all that a reload restores."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from openworklist.domain.search import Search, Term, has_patient_data
from openworklist.domain.search_text import format_search, parse_search

TODAY: Final = "date:today"
_PATH: Final = "/worklist"


@dataclass(frozen=True, slots=True)
class State:
    """A search that tells of a patient is kept on the server: `saved` is what it is known by there."""

    search: Search = field(default_factory=Search)
    saved: str = ""
    sort: str = ""
    direction: str = ""
    after: str = ""
    record: int = 0

    @property
    def text(self) -> str:
        return format_search(self.search)

    @property
    def is_descending(self) -> bool:
        """The newest first, where nobody says otherwise and a search has no end in time."""
        if self.direction:
            return self.direction == "down"
        return not self.sort and not self.search.date

    @property
    def order(self) -> str:
        return self.sort or "start"

    @property
    def is_first(self) -> bool:
        return not self.after

    def address(self, **changes: Any) -> str:
        """The address of this state, with changes."""
        state = replace(self, **changes) if changes else self
        known = {"q": state.saved} if state.saved else {"text": state.text}
        rest = {
            "sort": state.sort,
            "dir": state.direction,
            "after": state.after,
            "record": state.record or "",
        }
        given = {**known, **{name: value for name, value in rest.items() if value}}
        return f"{_PATH}?{urlencode(given)}"

    def sorted_by(self, sort: str) -> str:
        """The address with another order; the same again turns it round."""
        down = sort == self.order and not self.is_descending
        return self.address(sort=sort, direction="down" if down else "up", after="")

    def without(self, term: Term) -> Search:
        """The search without one of its chips."""
        return self.search.drop(term)

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        return self.address().partition("?")[2]


def may_stand_in_address(search: Search) -> bool:
    return not has_patient_data(search)


def read_text(text: str | None) -> Search:
    """The search of an address; today's exams where it names none."""
    return parse_search(TODAY if text is None else text)
