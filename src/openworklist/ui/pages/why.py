"""Why a scanner shows an exam or not: its question held against the record, key by key."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import NotFound, OpenWorklistError, SearchError
from openworklist.domain.record import Record
from openworklist.domain.search_text import parse_search
from openworklist.services.subject import find_subject
from openworklist.services.why import Explanation, Why
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.page import go
from openworklist.ui.forms.scanner import FIELDS, STUDY_UIDS
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Viewer

router = APIRouter()
_PAGE: Final = "/why"
_MOST: Final = 20


@router.get(_PAGE)
def show_why(
    request: Request, desk: TheDesk, visitor: Viewer, record: int = 0, scanner: str = "", question: int = 1
) -> Response:
    """The explanation, or the form for what is not named yet."""
    found: Explanation | None = None
    problem: OpenWorklistError | None = None
    if record:
        try:
            desk.audit.note_view(visitor.actor, record)
            if scanner:
                why = Why(desk.database, desk.configurations.refresh(), zone=desk.zone)
                found = why.explain(str(record), scanner, question)
        except NotFound as error:
            problem = error
    return _show(request, desk, record, scanner, found=found, problem=problem)


@router.post(_PAGE)
def find_exam(request: Request, desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """Lead to the exam that is meant, or show those that may be."""
    texts = texts_of(form)
    text, scanner = texts.get("text", "").strip(), texts.get("scanner", "").strip()
    record = int(texts["record"]) if texts.get("record", "").isdecimal() else 0
    if not text and record:
        return go(_PAGE, record=str(record), scanner=scanner)
    try:
        subject = find_subject(desk.database, text)
        return go(_PAGE, record=str(subject.number), scanner=scanner)
    except NotFound as error:
        problem: OpenWorklistError | None = error
    candidates: tuple[Record, ...] = ()
    try:
        candidates = desk.browse.page(parse_search(text), size=_MOST).records if text else ()
    except SearchError as error:
        problem = error
    return _show(
        request,
        desk,
        record,
        scanner,
        text=text,
        candidates=candidates,
        problem=None if candidates else problem,
    )


def find_place(setting: str, ae_title: str) -> tuple[str, str]:
    """Where a setting that hid an exam stands: the page, and the field on it; none for what is no setting."""
    name = STUDY_UIDS if setting == "study-uids" else setting
    if name in FIELDS:
        return "/nodes/scanners/one", name
    return ("/settings", name) if setting else ("", "")


def _show(
    request: Request,
    desk: Desk,
    record: int,
    scanner: str,
    *,
    text: str = "",
    candidates: tuple[Record, ...] = (),
    found: Explanation | None = None,
    problem: OpenWorklistError | None = None,
) -> Response:
    configuration = desk.configurations.refresh()
    return render(
        request,
        "why.html",
        status=404 if problem else 200,
        record=record,
        scanner=scanner,
        scanners=sorted(configuration.scanners),
        text=text,
        candidates=candidates,
        found=found,
        serving=configuration.find_serving(scanner) if found else None,
        is_known=scanner in configuration.scanners,
        find_place=find_place,
        problem=problem,
    )
