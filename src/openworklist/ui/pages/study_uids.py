"""Study UID set-up: the root of the Study Instance UIDs made here, and the scanners that see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.study_uids import StudyUids
from openworklist.services.configuration import STUDY_UIDS, THE_RULE
from openworklist.services.scanners import change_study_uids
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter()

_PATH = "/mapping/study-uids"
Text = Annotated[str, Form()]


@router.get(_PATH)
def show_rule(request: Request, desk: TheDesk, visitor: Viewer) -> Response:
    """The rule, and its versions."""
    return _show(request, desk)


@router.post(_PATH)
def save_rule(
    request: Request, desk: TheDesk, visitor: Administrator, root: Text = "", scope: Text = "all"
) -> Response:
    """Set the root, and whether the UIDs are for all scanners or for those on the list."""

    def change(rule: StudyUids) -> StudyUids:
        return replace(rule.with_root(root.strip()), is_for_all=scope == "all")

    return _change(request, desk, visitor.actor, change, {"root": root, "scope": scope})


@router.post(f"{_PATH}/insert")
def insert_title(request: Request, desk: TheDesk, visitor: Administrator, title: Text = "") -> Response:
    """Put an AE title on the list."""
    return _change(request, desk, visitor.actor, lambda rule: rule.with_title(title), {"title": title})


@router.post(f"{_PATH}/edit")
def edit_title(
    request: Request, desk: TheDesk, visitor: Administrator, title: Text, changed: Text = ""
) -> Response:
    """Write an AE title on the list anew."""
    typed = {"edited": title, "changed": changed}
    return _change(request, desk, visitor.actor, lambda rule: rule.with_changed(title, changed), typed)


@router.post(f"{_PATH}/delete")
def delete_title(request: Request, desk: TheDesk, visitor: Administrator, title: Text) -> Response:
    """Take an AE title off the list."""
    return _change(request, desk, visitor.actor, lambda rule: rule.without_title(title), {})


def _change(
    request: Request, desk: Desk, actor: str, change: Callable[[StudyUids], StudyUids], typed: dict[str, str]
) -> Response:
    try:
        change_study_uids(desk.configurations, change, actor)
    except OpenWorklistError as error:
        return _show(request, desk, problem=error, typed=typed)
    desk.audit.note(actor, "study-uids.save", subject="study-uids")
    return RedirectResponse(_PATH, 303)


def _show(
    request: Request,
    desk: Desk,
    *,
    problem: OpenWorklistError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    return render(
        request,
        "mapping/study_uids.html",
        status=422 if problem else 200,
        rule=desk.configuration.study_uids,
        versions=desk.configurations.find_versions(STUDY_UIDS, THE_RULE)[::-1],
        scanners=sorted(desk.configuration.scanners),
        problem=problem,
        typed=typed or {},
    )
