"""Scanners: what is decided about each, what it asked, what it is shown, and why not something else."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from openworklist.api.answers import may
from openworklist.api.change_answers import VersionAnswer, write_versions
from openworklist.api.documents import derive_body, dump
from openworklist.api.parameters import Name, Title
from openworklist.api.shapes import Answer, Json, Moment, Values, derive, to_json, to_moment
from openworklist.domain.errors import NotFound
from openworklist.domain.scanner import Scanner
from openworklist.domain.why import Line
from openworklist.services.configuration import SCANNER
from openworklist.services.scanners import change_scanner, delete_scanner, find_asking
from openworklist.services.why import Why
from openworklist.store.questions import Kept
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter(tags=["scanners"], route_class=GuardedRoute)

ScannerAnswer: Any = derive("Scanner", Scanner, is_served=bool, last_asked=Moment, questions=int)
ScannerChange: Any = derive_body("ScannerChange", Scanner, without={"ae_title", "is_confirmed"})
LineAnswer: Any = derive("WhyLine", Line)
Which = Annotated[int, Query(ge=1, le=1000, description="which of its questions; 1 is the newest")]


class QuestionAnswer(Answer):
    number: int = Field(description="1 is the newest")
    keys: dict[str, str]
    times: int
    first_asked: Moment
    last_asked: Moment
    answers: int
    status: str
    peer: str


class Refusal(Answer):
    reason: str
    called: str
    times: int
    first_asked: Moment
    last_asked: Moment
    peer: str


class Asked(Answer):
    questions: list[QuestionAnswer]
    refusals: list[Refusal]


class Seen(Answer):
    number: int
    status: str
    values: Values


class WhyAnswer(Answer):
    verdict: str
    is_shown: bool
    record: int | None
    scanner: str
    causes: list[str]
    keys: list[LineAnswer]
    notes: list[str]
    question: int | None


@router.get("/scanners", operation_id="list_scanners", response_model=list[ScannerAnswer])
def list_scanners(desk: TheDesk, visitor: Viewer) -> Any:
    """The scanners that asked or were entered, and what is decided about each."""
    return [_write(desk, each) for each in desk.configuration.scanners.values()]


@router.get("/scanners/{ae_title}", operation_id="get_scanner", response_model=ScannerAnswer)
def get_scanner(desk: TheDesk, visitor: Viewer, ae_title: Title) -> Any:
    """A scanner, what is decided about it, and when it asked last."""
    return _write(desk, _get(desk, ae_title))


@router.patch("/scanners/{ae_title}", operation_id="change_scanner", response_model=ScannerAnswer)
def patch_scanner(
    desk: TheDesk, visitor: Administrator, trail: TheTrail, ae_title: Title, change: ScannerChange
) -> Any:
    """Decide about a scanner, also about one that never asked; what is not given stays.

    It is confirmed by that. null, "" and an empty list stand for what the option of the same name says.
    """
    configuration = change_scanner(desk.configurations, ae_title, dump(change), visitor.actor)
    trail.note("scanner.change", SCANNER, ae_title.strip(" "))
    return _write(desk, configuration.scanners[ae_title.strip(" ")])


@router.delete("/scanners/{ae_title}", operation_id="forget_scanner", status_code=204)
def forget_scanner(desk: TheDesk, visitor: Administrator, trail: TheTrail, ae_title: Title) -> None:
    """Forget what was decided: when it asks again, it is new."""
    delete_scanner(desk.configurations, ae_title.strip(" "), visitor.actor)
    trail.note("scanner.delete", SCANNER, ae_title.strip(" "))


@router.get(
    "/scanners/{ae_title}/versions", operation_id="list_scanner_versions", response_model=list[VersionAnswer]
)
def list_versions(desk: TheDesk, visitor: Viewer, ae_title: Title) -> Any:
    """Who decided what about a scanner, and when."""
    return write_versions(desk, SCANNER, ae_title.strip(" "))


@router.get("/scanners/{ae_title}/questions", operation_id="list_questions", response_model=Asked)
def list_questions(desk: TheDesk, visitor: Viewer, ae_title: Title) -> Any:
    """What a scanner asked last, the newest first, and how it was turned away."""
    why = _make_why(desk)
    questions, refusals = why.find_questions(ae_title.strip(" "))
    _note(desk, visitor.actor, "scanner.questions", ae_title)
    return {
        "questions": [
            {
                "number": number,
                "keys": dict(why.describe(each)),
                **_write_times(each),
                "answers": each.answers,
                "status": f"{each.status:04X}",
            }
            for number, each in enumerate(questions, start=1)
        ],
        "refusals": [
            {"reason": each.refusal, "called": each.called, **_write_times(each)} for each in refusals
        ],
    }


@router.get(
    "/scanners/{ae_title}/sees",
    operation_id="see_as_scanner",
    response_model=list[Seen],
    responses=may(404),
)
def see(desk: TheDesk, visitor: Viewer, ae_title: Title, question: Which = 1) -> Any:
    """The records that a scanner would get now for a question of its own, in order, as it sees them.

    For one that never asked: what it would get for all exams of today.
    """
    records = _make_why(desk).see(ae_title.strip(" "), question)
    _note(desk, visitor.actor, "scanner.sees", ae_title)
    return [
        {"number": each.id, "status": each.status.value, "values": to_json(each.values)} for each in records
    ]


@router.get("/why/{record}", operation_id="explain_answer", response_model=WhyAnswer)
def explain(
    desk: TheDesk,
    visitor: Viewer,
    record: Name,
    scanner: Annotated[str, Query(min_length=1, max_length=16, pattern=r"^[ -\[\]-~]+$")],
    question: Which = 1,
) -> Any:
    """Why a scanner shows a record or not: its question held against the record, key by key.

    The record is named by its number, or by an accession number or Patient ID.
    """
    found = _make_why(desk).explain(record, scanner.strip(" "), question)
    _note(desk, visitor.actor, "record.why", str(found.subject.number))
    return {
        "verdict": found.verdict,
        "is_shown": found.is_shown,
        "record": found.subject.number,
        "scanner": found.ae_title,
        "causes": list(found.causes),
        "keys": to_json(found.lines),
        "notes": list(found.notes),
        "question": found.number if found.question else None,
    }


def _make_why(desk: Desk) -> Why:
    return Why(desk.database, desk.configuration, zone=desk.zone)


def _get(desk: Desk, ae_title: str) -> Scanner:
    found = desk.configuration.scanners.get(ae_title.strip(" "))
    if found is None:
        raise NotFound(f"There is no scanner {ae_title!r}.", where="ae_title", code="scanner.not-found")
    return found


def _write(desk: Desk, scanner: Scanner) -> Json:
    asked = find_asking(desk.database).get(scanner.ae_title)
    return {
        **to_json(scanner),
        "is_served": not desk.configuration.find_serving(scanner.ae_title).is_refused,
        "last_asked": to_moment(asked.last_asked if asked else 0),
        "questions": asked.questions if asked else 0,
    }


def _write_times(kept: Kept) -> Json:
    return {
        "times": kept.times,
        "first_asked": to_moment(kept.first_asked),
        "last_asked": to_moment(kept.last_asked),
        "peer": kept.peer,
    }


def _note(desk: Desk, actor: str, action: str, subject: str) -> None:
    desk.audit.note(actor, action, subject=action.partition(".")[0], subject_id=subject)
