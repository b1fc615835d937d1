"""Messages: the live list, one message with what was made of it, processing again, its bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import SearchError
from openworklist.domain.extra import name_of
from openworklist.domain.outcome import Outcome
from openworklist.domain.outgoing import State as Sending
from openworklist.services.journal import Journal
from openworklist.services.reprocessing import Reprocessing
from openworklist.services.traffic import MOST_NEW, Page, Traffic
from openworklist.ui.message_view import find_message_view
from openworklist.ui.message_words import RESULTS
from openworklist.ui.messages_state import CHANNELS, DIRECTIONS, MessagesState
from openworklist.ui.numbers import read_numbers
from openworklist.ui.render import render, wants_region
from openworklist.ui.reprocess_view import spell, sum_up
from openworklist.web.desk import TheDesk
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.visitors import Operator, Viewer

router = APIRouter()
SIZE: Final = 50
_FORM: Final = ("day", "until", "direction", "result", "system", "type", "control", "channel", "text")
MOST_AT_ONCE: Final = 500  # processed again by one press of a button


def read_state(
    desk: TheDesk,
    visitor: Viewer,
    day: str = "",
    until: str = "",
    direction: str = "",
    result: str = "",
    system: str = "",
    type: str = "",
    control: str = "",
    channel: str = "",
    record: int = 0,
    q: str = "",
    after: str = "",
    seen: str = "",
) -> MessagesState:
    """The state of an address; SearchError if its text is kept no more."""
    text = ""
    if q:
        kept = desk.searches.find(q, visitor.actor)
        if kept is None:
            raise SearchError(
                "This search is not kept any more.", hint="search again", code="search.not-kept"
            )
        text = kept.text
    return MessagesState(
        day, until, direction, result, system, type, control, channel, record, q, text, after, seen
    )


TheState = Annotated[MessagesState, Depends(read_state)]


@router.get("/messages")
def show_messages(request: Request, desk: TheDesk, visitor: Viewer, state: TheState) -> Response:
    """The list, or only its rows where a script asks for it anew."""
    return _show(request, desk, state)


@router.get("/messages/new")
def count_new(request: Request, desk: TheDesk, visitor: Viewer, state: TheState) -> Response:
    """How many came since the first page was shown, for a page further on."""
    news = Traffic(desk.database).count_new(state.to_wish(desk.zone), state.seen)
    return render(request, "messages/_new.html", state=state, news=news, most=MOST_NEW)


@router.post("/messages/search")
def search(request: Request, desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """Lead to the address of a search; the text of messages is kept here, not there."""
    given = get_texts(form)
    state = replace(MessagesState(), **{name: given.get(name, "").strip() for name in _FORM})  # type: ignore[arg-type]
    try:
        state.to_wish(desk.zone)
    except SearchError as error:
        return _show(request, desk, state, problem=error)
    if state.text:
        state = replace(state, q=desk.searches.save(state.text, visitor.actor, sort="messages"))
    return RedirectResponse(state.address(), 303)


@router.post("/messages/reprocess")
def reprocess(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Show what would become of messages, and do it where the form says so."""
    numbers = read_numbers(form, "id", MOST_AT_ONCE)
    work = Reprocessing(desk.database, desk.reader)
    is_done = form.get("do") == "yes"
    results = list(work.run(numbers, visitor.actor) if is_done else work.preview(numbers))
    if is_done:
        subject = ", ".join(map(str, numbers[:20]))
        desk.audit.note(
            visitor.actor,
            "message.reprocess",
            subject="message",
            subject_id=subject,
            detail=str(len(numbers)),
        )
    return render(
        request,
        "messages/reprocess.html",
        numbers=numbers,
        results=results,
        total=sum_up(results),
        labels=name_of,
        spell=spell,
        is_done=is_done,
    )


@router.get("/messages/{number:int}")
def show_message(request: Request, desk: TheDesk, visitor: Viewer, number: int) -> Response:
    """One message: as it came, what was made of it, its records, the acknowledgement."""
    view = find_message_view(desk, number)
    desk.audit.note(visitor.actor, "message.view", subject="message", subject_id=str(number))
    return render(request, "messages/message.html", view=view, results=RESULTS, labels=name_of)


@router.get("/messages/{number:int}/download")
def download(desk: TheDesk, visitor: Viewer, number: int) -> Response:
    """The bytes as they came; a browser does not open them."""
    raw = Journal(desk.database).get(number).message.raw
    desk.audit.note(visitor.actor, "message.download", subject="message", subject_id=str(number))
    return give_bytes(raw, f"message-{number}.hl7")


def give_bytes(content: bytes, name: str) -> Response:
    """A file to be stored, whatever it holds."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _show(
    request: Request,
    desk: TheDesk,
    state: MessagesState,
    *,
    problem: SearchError | None = None,
) -> Response:
    page = Page((), "")
    if problem is None:
        try:
            page = Traffic(desk.database).page(state.to_wish(desk.zone), state.after, SIZE)
        except SearchError as error:
            problem = error
    newest = str(page.rows[0].place) if page.rows and state.is_first else state.seen
    return render(
        request,
        "messages/_list.html" if wants_region(request, "messages") else "messages/page.html",
        status=422 if problem else 200,
        state=state,
        page=page,
        problem=problem,
        newest=newest,
        results=RESULTS,
        outcomes=tuple(Outcome),
        sendings=tuple(Sending),
        channels=CHANNELS,
        directions=DIRECTIONS,
    )
