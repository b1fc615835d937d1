"""Nodes, Scanners: who asks, what counts for each, what it asked last and what it would get now."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import IdentifierError, NotFound, OpenWorklistError, SettingsError
from openworklist.domain.scanner import Scanner
from openworklist.services.configuration import SCANNER
from openworklist.services.scanner_list import find_scanners
from openworklist.services.scanners import change_scanner, change_study_uids, delete_scanner
from openworklist.services.why import Why
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.page import Form, go, show_form
from openworklist.ui.forms.scanner import (
    GROUPS,
    STUDY_UIDS,
    check_scanner,
    find_defaults,
    read_scanner,
    write_scanner,
)
from openworklist.ui.language import mark
from openworklist.ui.render import render, wants_region
from openworklist.ui.tabs import make_tabs
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter()
_LIST: Final = "/nodes/scanners"
_ONE: Final = f"{_LIST}/one"
_MOST_SEEN: Final = 200


@router.get(_LIST)
def show_scanners(request: Request, desk: TheDesk, visitor: Viewer, gone: str = "") -> Response:
    """The list; `gone` is one that was just forgotten."""
    configuration = desk.configurations.refresh()
    template = "nodes/_scanners.html" if wants_region(request, "scanners") else "nodes/scanners.html"
    return render(
        request,
        template,
        tabs=make_tabs(configuration),
        found=find_scanners(desk.database, configuration),
        options=configuration.options,
        gone=gone,
        kind=SCANNER,
    )


@router.post(f"{_LIST}/add")
def add_scanner(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Enter a scanner before it asks for the first time."""
    title = texts_of(form).get("title", "").strip()
    change_scanner(desk.configurations, title, {}, visitor.actor)
    desk.audit.note(visitor.actor, "scanner.change", subject=SCANNER, subject_id=title)
    return go(_ONE, title=title)


@router.post(f"{_LIST}/decide")
def decide(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Allow a stranger, or turn it away."""
    texts = texts_of(form)
    title, is_refused = texts.get("title", ""), texts.get("decision") == "refuse"
    change_scanner(desk.configurations, title, {"is_refused": is_refused}, visitor.actor)
    action = "scanner.refuse" if is_refused else "scanner.allow"
    desk.audit.note(visitor.actor, action, subject=SCANNER, subject_id=title)
    return go(_LIST)


@router.post(f"{_LIST}/delete")
def forget_scanner(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Forget what was decided about a scanner."""
    title = texts_of(form).get("name", "")
    delete_scanner(desk.configurations, title, visitor.actor)
    desk.audit.note(visitor.actor, "scanner.delete", subject=SCANNER, subject_id=title)
    return go(_LIST, gone=title)


@router.get(_ONE)
def show_scanner(request: Request, desk: TheDesk, visitor: Viewer, title: str, question: int = 1) -> Response:
    """A scanner with all about it; `question` is the one that is held against the records now."""
    if wants_region(request, "seen"):
        return render(request, "nodes/_seen.html", **_see(desk, visitor.actor, title, question))
    return _show(request, desk, visitor.actor, title, question=question)


@router.post(_ONE)
def save_scanner(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Decide what counts for a scanner."""
    texts = texts_of(form)
    title = texts.get("name", "")
    changes = read_scanner(texts)
    errors: dict[str, OpenWorklistError] = dict(check_scanner(title, changes))
    if errors:
        return _show(request, desk, visitor.actor, title, texts=texts, errors=errors)
    change_scanner(desk.configurations, title, changes, visitor.actor)
    _change_study_uids(desk, title, texts.get(STUDY_UIDS, ""), visitor.actor)
    desk.audit.note(visitor.actor, "scanner.change", subject=SCANNER, subject_id=title)
    return go(_ONE, title=title)


def _change_study_uids(desk: Desk, title: str, wanted: str, actor: str) -> None:
    rule = desk.configuration.study_uids
    if wanted and not rule.is_for_all and rule.covers(title) != (wanted == "yes"):
        change_study_uids(
            desk.configurations,
            lambda now: now.with_title(title) if wanted == "yes" else now.without_title(title),
            actor,
        )


def _show(
    request: Request,
    desk: Desk,
    actor: str,
    title: str,
    *,
    question: int = 1,
    texts: dict[str, str] | None = None,
    errors: dict[str, OpenWorklistError] | None = None,
) -> Response:
    configuration = desk.configurations.refresh()
    why = Why(desk.database, configuration, zone=desk.zone)
    questions, refusals = why.find_questions(title)
    scanner = configuration.scanners.get(title)
    if scanner is None and not questions and not refusals:
        raise NotFound(f"There is no scanner {title!r}.", code="scanner.not-found")
    values = write_scanner(scanner or Scanner(title), configuration) | (texts or {})
    fixed = {}
    if configuration.study_uids.is_for_all:
        fixed[STUDY_UIDS] = mark("The site shows them to all scanners: its setting of Study Instance UIDs.")
    form = Form(
        title,
        _LIST,
        _ONE,
        GROUPS,
        values,
        defaults=find_defaults(configuration, desk.zone),
        fixed=fixed,
        hidden={"name": title},
        errors=errors or {},
        name=title if scanner else "",
    )
    return show_form(
        request,
        form,
        "nodes/scanner.html",
        scanner=scanner or Scanner(title),
        is_refused=configuration.find_serving(title).is_refused,
        questions=[(each, why.describe(each)) for each in questions],
        refusals=refusals,
        versions=desk.configurations.find_versions(SCANNER, title),
        **_see(desk, actor, title, question),
    )


def _see(desk: Desk, actor: str, title: str, question: int) -> dict[str, Any]:
    """What a scanner would get now, and what keeps it from getting anything."""
    why = Why(desk.database, desk.configurations.refresh(), zone=desk.zone)
    problem: OpenWorklistError | None = None
    records = []
    try:
        records = list(islice(why.see(title, question), _MOST_SEEN + 1))
    except (IdentifierError, NotFound, SettingsError) as error:
        problem = error
    desk.audit.note(actor, "scanner.see", subject=SCANNER, subject_id=title)
    return {
        "title": title,
        "number": question,
        "records": records[:_MOST_SEEN],
        "most": _MOST_SEEN,
        "has_more": len(records) > _MOST_SEEN,
        "seen_problem": problem,
    }
