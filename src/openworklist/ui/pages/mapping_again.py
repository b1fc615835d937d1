"""Process again: after a mapping was changed, what it makes of the messages that arrived before."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from openworklist.services.journal import Journal
from openworklist.services.reprocessing import Reprocessing
from openworklist.store.journal import Filter
from openworklist.ui.mapping_list import list_senders
from openworklist.ui.mapping_report import Report, make_report
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.visitors import Operator, Viewer

router = APIRouter()

COUNT: Final = 50
_MOST: Final = 2_000

Name = Annotated[str, Form()]


@router.get("/mapping/again")
def show_form(request: Request, desk: TheDesk, visitor: Viewer, name: str = "") -> Response:
    """Which messages are to be processed again."""
    return _show(request, desk, name)


@router.post("/mapping/again")
def preview(
    request: Request,
    desk: TheDesk,
    visitor: Operator,
    name: Name = "",
    sender: Annotated[str, Form()] = "",
    count: Annotated[int, Form()] = COUNT,
) -> Response:
    """A dry run: what would change. Nothing is stored."""
    numbers = _find_numbers(desk, sender, count)
    report = make_report(Reprocessing(desk.database, desk.reader).preview(numbers))
    desk.audit.note(visitor.actor, "message.preview", subject="mapping", subject_id=name)
    return _show(request, desk, name, sender=sender, count=count, report=report)


@router.post("/mapping/again/run")
def run(
    request: Request,
    desk: TheDesk,
    visitor: Operator,
    name: Name = "",
    sender: Annotated[str, Form()] = "",
    count: Annotated[int, Form()] = COUNT,
) -> Response:
    """Do it: records are made anew from their messages, edits put back on top."""
    numbers = _find_numbers(desk, sender, count)
    report = make_report(Reprocessing(desk.database, desk.reader).run(numbers, visitor.actor))
    desk.audit.note(
        visitor.actor,
        "message.reprocess",
        subject="mapping",
        subject_id=name,
        detail=f"{report.messages} messages",
    )
    return _show(request, desk, name, sender=sender, count=count, report=report, is_done=True)


def _find_numbers(desk: Desk, sender: str, count: int) -> list[int]:
    application, _, facility = sender.partition("|")
    asked = Filter(sending_application=application, sending_facility=facility) if sender else Filter()
    return Journal(desk.database).find_numbers(asked, max(1, min(count, _MOST)))


def _show(
    request: Request,
    desk: Desk,
    name: str,
    *,
    sender: str = "",
    count: int = COUNT,
    report: Report | None = None,
    is_done: bool = False,
) -> Response:
    senders = list_senders(desk.configuration)
    return render(
        request,
        "mapping/again.html",
        name=name,
        sender=sender,
        count=count,
        most=_MOST,
        report=report,
        is_done=is_done,
        senders=[each.system.name for each in senders if not each.system.is_pattern],
        users=[each.system.name for each in senders if each.mapping == name],
    )
