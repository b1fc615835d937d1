"""The last questions of each scanner: those that are the same in one row, the oldest make room."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, case, delete, func, insert, select, update

from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import questions

MOST_QUESTIONS: Final = 20  # of a scanner
MOST_SCANNERS: Final = 500

_NAMES: Final = tuple(column.name for column in questions.c if column.name != "id")
_NEWEST: Final = (
    "identifier", "transfer_syntax", "adjusts_zone", "refusal", "called", "answers", "status", "peer"
)  # fmt: skip
_IS_IT: Final = (questions.c.ae_title == bindparam("ae_title_"), questions.c.digest == bindparam("digest_"))
_LATER: Final = case(
    (questions.c.last_asked > bindparam("at"), questions.c.last_asked),
    else_=bindparam("at"),
)
_ADD: Final = Statement(
    update(questions)
    .where(*_IS_IT)
    .values(
        {name: bindparam(name) for name in _NEWEST}
        | {"times": questions.c.times + bindparam("more"), "last_asked": _LATER}
    )
)
_INSERT: Final = Statement(insert(questions).values({name: bindparam(name) for name in _NAMES}))
_OF_SCANNER: Final = Statement(
    select(*questions.c)
    .where(questions.c.ae_title == bindparam("ae_title"))
    .order_by(questions.c.last_asked.desc(), questions.c.id.desc())
)
_LAST: Final = func.max(questions.c.last_asked)
_SCANNERS: Final = Statement(
    select(
        questions.c.ae_title,
        func.coalesce(func.max(case((questions.c.refusal == "", questions.c.last_asked))), 0),
        func.count(case((questions.c.refusal == "", 1))),
    )
    .group_by(questions.c.ae_title)
    .order_by(_LAST)
)
_SUMS: Final = (
    select(questions.c.ae_title, _LAST.label("last"), func.sum(questions.c.times).label("times"))
    .group_by(questions.c.ae_title)
    .subquery()
)
_NEWEST_OF_EACH: Final = Statement(
    select(
        questions.c.ae_title,
        questions.c.last_asked,
        _SUMS.c.times,
        questions.c.answers,
        questions.c.status,
        questions.c.refusal,
        questions.c.peer,
    )
    .join(_SUMS, (questions.c.ae_title == _SUMS.c.ae_title) & (questions.c.last_asked == _SUMS.c.last))
    .order_by(questions.c.id)
)
_TRIM: Final = Statement(
    delete(questions).where(
        questions.c.ae_title == bindparam("ae_title"),
        questions.c.id.notin_(
            select(questions.c.id)
            .where(questions.c.ae_title == bindparam("ae_title"))
            .order_by(questions.c.last_asked.desc(), questions.c.id.desc())
            .limit(bindparam("most", MOST_QUESTIONS))
        ),
    )
)
_FORGET: Final = Statement(delete(questions).where(questions.c.ae_title == bindparam("ae_title")))
_EXPIRE: Final = Statement(delete(questions).where(questions.c.last_asked < bindparam("cutoff")))


class Kept(NamedTuple):
    """Questions of a scanner that are the same, with the bytes of the newest; `times` is how many they are.

    Where `refusal` is not "", its association was turned away for that reason, and there was no question.
    `answers` and `status` are those of the last time; times are microseconds since 1970.
    """

    ae_title: str
    digest: bytes
    identifier: bytes
    transfer_syntax: str
    adjusts_zone: bool
    refusal: str
    called: str
    first_asked: int
    last_asked: int
    times: int
    answers: int
    status: int
    peer: str


class Asking(NamedTuple):
    """A scanner that asks: when it last did, 0 if it could not, and how many distinct questions are kept."""

    ae_title: str
    last_asked: int
    questions: int


class Newest(NamedTuple):
    """What a scanner did last, as in `Kept`, and how often it has come in all that is kept."""

    ae_title: str
    last_asked: int
    times: int
    answers: int
    status: int
    refusal: str
    peer: str


def keep_questions(connection: Connection, asked: Iterable[Kept], confirmed: Collection[str] = ()) -> None:
    """Add what was asked to what is kept; `confirmed` are scanners that strangers never take the place of."""
    connection.lock("questions")
    grown: set[str] = set()
    for kept in asked:
        values = kept._asdict() | {"adjusts_zone": int(kept.adjusts_zone)}
        known: dict[str, object] = {"ae_title_": kept.ae_title, "digest_": kept.digest}
        known |= {"more": kept.times, "at": kept.last_asked}
        if not connection.run_count(_ADD, values | known):
            connection.run_count(_INSERT, values)
            grown.add(kept.ae_title)
    for ae_title in grown:
        connection.run_count(_TRIM, {"ae_title": ae_title})
    if grown:
        _make_room(connection, confirmed)


def _make_room(connection: Connection, confirmed: Collection[str]) -> None:
    scanners = [ae_title for ae_title, _, _ in connection.run(_SCANNERS)]
    surplus = len(scanners) - MOST_SCANNERS
    if surplus > 0:
        first = sorted(scanners, key=lambda title: title in confirmed)  # it keeps the order of time
        for ae_title in first[:surplus]:
            connection.run_count(_FORGET, {"ae_title": ae_title})


def find_questions(connection: Connection, ae_title: str) -> list[Kept]:
    """What is kept of a scanner, the newest first."""
    return [_to_kept(row[1:]) for row in connection.run(_OF_SCANNER, {"ae_title": ae_title})]


def find_asking(connection: Connection) -> dict[str, Asking]:
    """The scanners of which something is kept, by AE title."""
    return {row[0]: Asking._make(row) for row in connection.run(_SCANNERS)}


def find_newest(connection: Connection) -> dict[str, Newest]:
    """What each scanner of which something is kept did last, by AE title."""
    return {row[0]: Newest._make(row)._replace(times=int(row[2])) for row in connection.run(_NEWEST_OF_EACH)}


def expire_questions(connection: Connection, cutoff: int) -> int:
    """Forget what was last asked before a moment; how many."""
    return connection.run_count(_EXPIRE, {"cutoff": cutoff})


def _to_kept(row: tuple[Any, ...]) -> Kept:
    kept = Kept._make(row)
    return kept._replace(
        digest=bytes(kept.digest), identifier=bytes(kept.identifier), adjusts_zone=bool(kept.adjusts_zone)
    )
