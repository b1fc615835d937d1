"""Messages in both directions as one list, newest first: the journal, and the outbound queue beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from openworklist.domain.outcome import Outcome
from openworklist.domain.outgoing import Outgoing, State
from openworklist.hl7.ack import Header, read_header
from openworklist.services.cursor import match_cursor
from openworklist.services.journal import spell
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.journal import Filter, Listed, find_messages
from openworklist.store.journal import Page as InPage
from openworklist.store.outbound_list import HEAD, Put, Wanted, find_page
from openworklist.store.outbound_list import Page as OutPage

REFUSED: Final = "outbound.refused"
MOST_NEW: Final = 100  # that are counted; beyond, it is "more than"
_CURSOR: Final = re.compile(r"(\d{1,18})([io])(\d{1,18})", re.ASCII)
_HIGHEST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the traffic is asked for; times in microseconds since 1970, UTC, `until` not itself.

    `system` is APPLICATION or APPLICATION|FACILITY: of who sent a message to us, or gets one of ours.
    An outcome, or a channel, is asked of what came in; a state of what goes out.
    """

    since: int = 0
    until: int = 0
    direction: str = ""  # "in" or "out"
    outcome: Outcome | None = None
    state: State | None = None
    system: str = ""
    message_type: str = ""
    control_id: str = ""
    channel: str = ""
    text: str = ""
    record_id: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a message stands in the list: when it came or was put, its direction, its number."""

    at: int
    is_in: bool
    number: int

    def __str__(self) -> str:
        return f"{self.at}{'i' if self.is_in else 'o'}{self.number}"


@dataclass(frozen=True, slots=True)
class Row:
    """A message of the list. `result` is an Outcome of one that came in, a State of one of ours.

    `took` is how long it was on its way, in microseconds; None where nobody knows.
    """

    place: Place
    channel: str
    peer: str
    application: str
    facility: str
    message_type: str
    control_id: str
    result: Outcome | State
    reason: str
    where: str
    took: int | None
    repeats: int = 0
    is_refused: bool = False  # one of ours, by who got it


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is where the next page begins, "" at the end; a page may be short and not the last."""

    rows: tuple[Row, ...]
    after: str
    looked_back_to: int = 0  # where a short page is not the last


class Traffic:
    """Reads both lists as one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wish: Wish, after: str = "", size: int = 50) -> Page:
        """The next page behind a place; SearchError if that is none."""
        place = read_place(after)

        def read(connection: Connection) -> tuple[InPage, OutPage]:
            return _read_in(connection, wish, place, size), _read_out(connection, wish, place, size)

        incoming, outgoing = self._database.read(read)
        rows = [*map(_to_row, incoming.messages), *map(_to_outgoing_row, outgoing.messages)]
        edges = [Place(at, is_in, number) for is_in, (at, number) in _edges(incoming, outgoing)]
        return _cut(rows, edges, size)

    def count_new(self, wish: Wish, seen: str) -> int:
        """How many came since the newest that was seen; no more than MOST_NEW are counted."""
        place = read_place(seen) or Place(0, False, 0)
        newer = replace(wish, since=max(wish.since, place.at))
        return sum(row.place > place for row in self.page(newer, size=MOST_NEW + 1).rows)


def read_place(text: str) -> Place | None:
    """A place as it stands in an address; None for ""."""
    found = match_cursor(_CURSOR, text)
    return Place(int(found[1]), found[2] == "i", int(found[3])) if found else None


def read_header_of(content: bytes) -> Header:
    """The header of a message of ours, as far as it has one."""
    return read_header(content[:HEAD].decode("utf-8", "replace"), "utf_8")


def _cut(rows: list[Row], edges: list[Place], size: int) -> Page:
    """Nothing is known of what lies behind the nearest edge: the page goes no further."""
    ordered = sorted(rows, key=lambda row: row.place, reverse=True)
    edge = max(edges, default=None)
    if edge is not None:
        ordered = [row for row in ordered if row.place >= edge]
    if len(ordered) > size or (len(ordered) == size and (edges or len(rows) > size)):
        return Page(tuple(ordered[:size]), str(ordered[size - 1].place))
    if edge is None:
        return Page(tuple(ordered), "")
    return Page(tuple(ordered), str(edge), edge.at)


def _edges(incoming: InPage, outgoing: OutPage) -> list[tuple[bool, tuple[int, int]]]:
    return [(is_in, page.after) for is_in, page in ((True, incoming), (False, outgoing)) if page.after]


def _read_in(connection: Connection, wish: Wish, place: Place | None, size: int) -> InPage:
    if wish.direction == "out" or wish.state is not None:
        return InPage([], None)
    application, _, facility = wish.system.partition("|")
    asked = Filter(
        wish.since,
        wish.until,
        wish.outcome,
        wish.channel or None,
        application or None,
        facility or None,
        wish.control_id or None,
        wish.message_type or None,
        wish.record_id,
        spell(wish.text) if wish.text else (),
    )
    # In a moment that both share, what came in stands before what goes out.
    before = None if place is None else (place.at, place.number if place.is_in else 0)
    return find_messages(connection, asked, before, size)


def _read_out(connection: Connection, wish: Wish, place: Place | None, size: int) -> OutPage:
    if wish.direction == "in" or wish.outcome is not None or wish.channel:
        return OutPage([], None)
    is_read = bool(wish.system or wish.message_type or wish.text)
    wanted = Wanted(
        wish.since,
        wish.until,
        wish.state,
        wish.control_id or None,
        wish.record_id,
        _Test(wish) if is_read else None,
        is_whole_read=bool(wish.text),
    )
    before = None if place is None else (place.at, _HIGHEST if place.is_in else place.number)
    return find_page(connection, wanted, before, size)


class _Test:
    """Whether a message of ours is meant, by its header and its text."""

    def __init__(self, wish: Wish) -> None:
        self._application, _, self._facility = wish.system.partition("|")
        self._type = wish.message_type
        self._texts = [text.upper() for text in spell(wish.text)] if wish.text else []

    def __call__(self, content: bytes) -> bool:
        header = read_header_of(content)
        return (
            self._application in ("", header.field(5))
            and self._facility in ("", header.field(6))
            and self._fits_type(header.field(9))
            and (not self._texts or any(text in content.upper() for text in self._texts))
        )

    def _fits_type(self, found: str) -> bool:
        return not self._type or found == self._type or found.startswith(f"{self._type}^")


def _to_row(listed: Listed) -> Row:
    return Row(
        Place(listed.received_at, True, listed.id),
        listed.channel,
        listed.peer,
        listed.sending_application,
        listed.sending_facility,
        listed.message_type,
        listed.control_id,
        listed.outcome,
        listed.reason,
        listed.place,
        None,
        listed.repeats,
    )


def _to_outgoing_row(put: Put) -> Row:
    outgoing, header = put.outgoing, read_header_of(put.head)
    return Row(
        Place(outgoing.created_at, False, outgoing.id),
        "mllp",
        outgoing.destination,
        header.field(5),
        header.field(6),
        header.field(9),
        outgoing.control_id,
        outgoing.state,
        outgoing.error,
        "",
        _find_took(outgoing),
        is_refused=outgoing.error_code == REFUSED and outgoing.state is State.DROPPED,
    )


def _find_took(outgoing: Outgoing) -> int | None:
    return outgoing.ended_at - outgoing.created_at if outgoing.state is State.SENT else None
