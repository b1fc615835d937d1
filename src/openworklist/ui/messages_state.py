"""The address of the list of messages: filters and page, all that a reload restores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import tzinfo
from typing import Any, Final
from urllib.parse import urlencode

from openworklist.domain.errors import SearchError
from openworklist.domain.outcome import Outcome
from openworklist.domain.outgoing import State as Sending
from openworklist.services.traffic import Place, Wish, read_place
from openworklist.ui.filters import Chip, read_day

PATH: Final = "/messages"
CHANNELS: Final = ("mllp", "folder", "file", "worklist")
DIRECTIONS: Final = ("in", "out")
_NEVER: Final = ("text",)  # it tells of patients: it is kept on the server, as `q`
_PLACES: Final = ("after", "seen")


@dataclass(frozen=True, slots=True)
class MessagesState:
    """Days are YYYY-MM-DD, `result` an outcome or a state; `seen` is the newest of the first page."""

    day: str = ""
    until: str = ""
    direction: str = ""
    result: str = ""
    system: str = ""
    type: str = ""
    control: str = ""
    channel: str = ""
    record: int = 0
    q: str = ""
    text: str = ""
    after: str = ""
    seen: str = ""

    def address(self, path: str = PATH, **changes: Any) -> str:
        """The address of this state, with changes."""
        state = replace(self, **changes) if changes else self
        given = {each.name: getattr(state, each.name) for each in fields(state) if each.name not in _NEVER}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path

    @property
    def is_first(self) -> bool:
        return not self.after

    @property
    def seen_place(self) -> Place | None:
        """Rows behind this one are new to who looks at the first page."""
        return read_place(self.seen)

    @property
    def chips(self) -> Iterator[Chip]:
        """The filters that count."""
        for each in fields(self):
            value = getattr(self, each.name)
            if value and each.name not in (*_PLACES, "q"):
                gone: dict[str, Any] = {
                    each.name: 0 if each.name == "record" else "",
                    "after": "",
                    "seen": "",
                }
                yield Chip(
                    each.name, str(value), self.address(**gone, **({"q": ""} if each.name == "text" else {}))
                )

    def to_wish(self, zone: tzinfo) -> Wish:
        """What is asked for; SearchError names the field whose value is none."""
        since, until = read_day(self.day, "day", zone), read_day(self.until, "until", zone, days=1)
        outcome = state = None
        if self.result:
            outcome = next((each for each in Outcome if each == self.result), None)
            state = next((each for each in Sending if each == self.result), None)
            if outcome is None and state is None:
                raise _unfit("result", self.result)
        if self.direction not in ("", *DIRECTIONS):
            raise _unfit("direction", self.direction)
        return Wish(
            since,
            until,
            self.direction,
            outcome,
            state,
            self.system.strip(),
            self.type.strip(),
            self.control.strip(),
            self.channel,
            self.text,
            self.record or None,
        )


def _unfit(where: str, value: str) -> SearchError:
    return SearchError(
        f"There is nothing like {value!r} to look for.", where=where, hint="choose from the list"
    )
