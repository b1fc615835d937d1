"""What was found about a scanner and a record, in one sentence that can be read out on the telephone."""

from __future__ import annotations

from typing import NamedTuple

from openworklist.services.subject import Subject
from openworklist.store.questions import Kept


class News(NamedTuple):
    """What happened to a record after a question was last asked."""

    what: str
    at: int


def find_news(subject: Subject, question: Kept) -> News | None:
    record = subject.record
    if record is None or subject.deletion or max(record.created_at, record.updated_at) <= question.last_asked:
        return None
    is_new = record.created_at > question.last_asked
    return News("came in", record.created_at) if is_new else News("was changed", record.updated_at)


def judge(
    ae_title: str,
    subject: Subject,
    question: Kept | None,
    number: int,
    causes: list[str],
    place: str,
    *,
    can_ask: bool,
) -> str:
    """The verdict; the record is shown, as `place`, if there are no causes."""
    what = f"record {subject.number}"
    reasons = "; ".join(causes)
    if question is None and can_ask:
        reasons = reasons.replace("it asked for", "it would ask for")
        never = f"{ae_title} has never asked; for today's exams it would"
        return f"{never} not show {what}: {reasons}." if causes else f"{never} show {what}, as {place}."
    if causes or question is None:
        return f"{ae_title} does not show {what}: {reasons}."
    which = "last question" if number == 1 else f"question {number}"
    news = find_news(subject, question)
    if news is not None:
        since = f"record {subject.number} {news.what}"
        return f"{ae_title} has not asked since {since}; its {which} would show it now, as {place}."
    return f"{ae_title} is shown {what}: it is {place} to its {which}."
