"""The outbound queue: what waits, was sent, was given up; try again, drop."""

from __future__ import annotations

import json
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import SearchError
from openworklist.domain.outgoing import State
from openworklist.services.outbound import Outbound
from openworklist.ui.hl7_view import make_view
from openworklist.ui.message_words import RESULTS, tell_bytes
from openworklist.ui.numbers import read_numbers
from openworklist.ui.pages.messages import give_bytes
from openworklist.ui.render import find_known, get_language_of, render, wants_region
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Operator, Viewer

router = APIRouter()
SIZE: Final = 200
MOST_AT_ONCE: Final = 1_000


@router.get("/messages/outbound")
def show_outbound(request: Request, desk: TheDesk, visitor: Viewer, state: str = "") -> Response:
    """The newest of the queue: those that wait and were given up, or those in one state."""
    return _show(request, desk, state)


@router.post("/messages/outbound/change")
def change_outbound(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Try messages again, or drop them."""
    numbers = read_numbers(form, "id", MOST_AT_ONCE)
    is_drop = form.get("do") == "drop"
    queue = Outbound(desk.database, wake=desk.wake)
    (queue.drop if is_drop else queue.retry)(numbers, visitor.actor)
    action = "outbound.drop" if is_drop else "outbound.retry"
    for number in numbers:
        desk.audit.note(visitor.actor, action, subject="outbound", subject_id=str(number))
    state = str(form.get("state", ""))
    if wants_region(request, "outbound"):
        return _show(request, desk, state, told=_tell(request, len(numbers), is_drop))
    back = form.get("back")
    return RedirectResponse(
        f"/messages/outbound/{numbers[0]}"
        if back == "message"
        else f"/messages/outbound?state={_known(state)}",
        303,
    )


@router.get("/messages/outbound/{number:int}")
def show_outgoing(request: Request, desk: TheDesk, visitor: Viewer, number: int) -> Response:
    """One message of ours, how it went, and what the receiver answered last."""
    whole = Outbound(desk.database).get(number)
    desk.audit.note(
        visitor.actor,
        "outbound.view",
        subject="outbound",
        subject_id=str(number),
        record_id=whole.outgoing.record_id,
    )
    charset = desk.reader.find_charset(whole.content)
    answer = whole.acknowledgement
    return render(
        request,
        "messages/outgoing.html",
        outgoing=whole.outgoing,
        size=len(whole.content),
        view=make_view(
            whole.content, default_charset=charset, download=f"/messages/outbound/{number}/download"
        ),
        acknowledgement=make_view(answer, default_charset=charset) if answer else None,
        told=tell_bytes(answer),
        results=RESULTS,
    )


@router.get("/messages/outbound/{number:int}/download")
def download_outgoing(desk: TheDesk, visitor: Viewer, number: int) -> Response:
    """The bytes as they go out."""
    whole = Outbound(desk.database).get(number)
    desk.audit.note(visitor.actor, "outbound.download", subject="outbound", subject_id=str(number))
    return give_bytes(whole.content, f"outbound-{number}.hl7")


def _show(request: Request, desk: Desk, state: str, *, told: str = "") -> Response:
    chosen = _known(state)
    found = Outbound(desk.database).find(
        (State(chosen),) if chosen else (State.WAITING, State.DEAD), most=SIZE + 1
    )
    headers = {"HX-Trigger": json.dumps({"ow:tell": told})} if told else None
    return render(
        request,
        "messages/_outbound.html" if wants_region(request, "outbound") else "messages/outbound.html",
        headers=headers,
        found=found[:SIZE],
        has_more=len(found) > SIZE,
        size=SIZE,
        state=chosen,
        results=RESULTS,
    )


def _known(state: str) -> str:
    if state and state not in set(State):
        raise SearchError(
            f"No message is ever {state!r}.",
            where="state",
            hint="choose one of the tabs",
            code="search.value-unfit",
        )
    return state


def _tell(request: Request, count: int, is_drop: bool) -> str:
    language = get_language_of(request, find_known(request))
    if is_drop:
        text = language.say_many("%(num)d message dropped.", "%(num)d messages dropped.", count)
    else:
        text = language.say_many(
            "%(num)d message is tried again.", "%(num)d messages are tried again.", count
        )
    return text % {"num": count}
