"""Compose and send: a message is written or loaded, checked, and sent; records are sent as orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.domain.extra import name_of
from openworklist.domain.visitor import Visitor
from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.compose import Composed
from openworklist.hl7.profile import PRESETS
from openworklist.services.clock import read_clock
from openworklist.services.export import compose_record
from openworklist.services.journal import Journal
from openworklist.services.message_text import read_text
from openworklist.services.outbound import Outbound
from openworklist.services.sending import Letter, Sender, Sent
from openworklist.ui.compose_form import ComposeForm, check_destination, read_compose_form, tell_error
from openworklist.ui.hl7_view import make_view
from openworklist.ui.message_words import tell_answer
from openworklist.ui.render import render, wants_region
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.visitors import Operator

router = APIRouter()
_LARGEST: Final = 16 * 1024 * 1024  # bytes of a file
_MOST_RECORDS: Final = 500
_UTF8: Final = "UNICODE UTF-8"


@router.get("/compose")
def show_compose(
    request: Request,
    desk: TheDesk,
    visitor: Operator,
    record: Annotated[Sequence[int], Query()] = (),
    message: int = 0,
    outbound: int = 0,
) -> Response:
    """An empty message, that of a record, or one that came or went; several records without their texts."""
    records = tuple(dict.fromkeys(record))[:_MOST_RECORDS]
    form = ComposeForm(records=records)
    if len(records) == 1:
        form = replace(form, text=_show_text(_compose_record(desk, records[0]).content, _UTF8))
    elif message:
        raw = Journal(desk.database).get(message).message.raw
        form = replace(form, text=_show_text(raw, desk.reader.find_charset(raw)))
    elif outbound:
        raw = Outbound(desk.database).get(outbound).content
        form = replace(form, text=_show_text(raw, desk.reader.find_charset(raw)))
    for number in records:
        desk.records.get(number)
        desk.audit.note_view(visitor.actor, number)
    if message or outbound:
        subject = "message" if message else "outbound"
        desk.audit.note(
            visitor.actor,
            f"{subject}.view",
            subject=subject,
            subject_id=str(message or outbound),
        )
    return _show(request, desk, form)


@router.post("/compose/check")
def check_text(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """What is odd about the text so far."""
    return render(request, "compose/_remarks.html", form=read_compose_form(get_texts(form)))


@router.post("/compose/fill")
def fill(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Take a destination that was used before."""
    typed = _read(form)
    known = Sender(desk.database).find_known()
    chosen = str(form.get("known", ""))
    typed = next((typed.fill(each) for n, each in enumerate(known) if str(n) == chosen), typed)
    if wants_region(request, "destination"):
        return render(request, "compose/_destination.html", form=typed, known=known)
    return _show(request, desk, typed)


@router.post("/compose/load")
def load(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Take the text of a file; of several messages in it the first."""
    typed = _read(form)
    try:
        typed = _load(desk, typed, form)
    except OpenWorklistError as error:
        typed = typed.refuse("file", tell_error(error))
    status = 422 if typed.errors else 200
    if wants_region(request, "editor"):
        return render(request, "compose/_editor.html", status=status, form=typed)
    return _show(request, desk, typed)


@router.post("/compose/send")
def send(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Send a message or records at once, or put them into the outbound queue."""
    typed = check_destination(_read(form))
    letters: list[Letter] = []
    left_out: dict[int, list[str]] = {}
    try:
        if _is_about_records(form, typed):
            for number in typed.records:
                letter, missing = _make_record_letter(desk, typed, number)
                letters.append(letter)
                left_out[number] = missing
        else:
            letters.append(_make_letter(desk, typed))
    except OpenWorklistError as error:
        typed = typed.refuse("text", tell_error(error))
    if typed.errors:
        return _refuse(request, desk, typed)
    sender = Sender(desk.database, wake=desk.wake)
    if form.get("do") == "queue":
        return _queue(request, desk, visitor, sender, typed, letters)
    sent = sender.send(letters, typed.destination, visitor.actor)
    for each in sent:
        _note(desk, visitor, "message.send", each.letter, each.number, typed)
    return _show_sent(request, desk, typed, sent=sent, left_out=left_out)


def _read(form: FormData) -> ComposeForm:
    numbers = [str(value) for value in form.getlist("record")]
    records = [int(text) for text in numbers if text.isascii() and text.isdecimal() and len(text) < 19]
    return read_compose_form(get_texts(form), tuple(dict.fromkeys(records))[:_MOST_RECORDS])


def _is_about_records(form: FormData, typed: ComposeForm) -> bool:
    """Whether the records are sent as they are; a single one stands in the text, which may be changed."""
    return bool(typed.records) and "text" not in form


def _load(desk: Desk, typed: ComposeForm, form: FormData) -> ComposeForm:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not (file.filename or file.size):
        raise MessageError("No file was chosen.", hint="choose one, then load it")
    if (file.size or 0) > _LARGEST:
        raise MessageError(
            f"The file is larger than {_LARGEST // 1024 // 1024} MB.", code="message.too-large"
        )
    messages = split_messages(file.file.read())
    if not messages or b"MSH" not in messages[0]:
        raise MessageError("There is no HL7 message in the file.", hint="a message begins with MSH")
    decoded = decode(messages[0], desk.reader.find_charset(messages[0]), replaces=True)
    notes = list(decoded.warnings)
    if len(messages) > 1:
        notes.append(f"It holds {len(messages)} messages; this is the first.")
    return replace(typed, text=decoded.text.replace("\r", "\n"), notes=tuple(notes), errors={})


def _make_letter(desk: Desk, typed: ComposeForm) -> Letter:
    now = read_clock()
    return typed.to_letter(desk.configuration.options, control_id=f"OW{now}", now=now, zone=desk.zone)


def _make_record_letter(desk: Desk, typed: ComposeForm, number: int) -> tuple[Letter, list[str]]:
    composed = compose_record(
        desk.records.get(number),
        desk.configuration,
        now=read_clock(),
        zone=desk.zone,
        profile=typed.profile,
        receiver=(typed.application, typed.facility),
    )
    return Letter(composed.content, number), [
        f"{name_of(each.name)}: {each.reason}" for each in composed.left_out
    ]


def _compose_record(desk: Desk, number: int) -> Composed:
    return compose_record(
        desk.records.get(number), desk.configuration, now=read_clock(), zone=desk.zone, charset=_UTF8
    )


def _queue(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    sender: Sender,
    typed: ComposeForm,
    letters: Sequence[Letter],
) -> Response:
    try:
        numbers = sender.queue(letters, typed.destination, visitor.actor)
    except OpenWorklistError as error:
        return _refuse(request, desk, typed.refuse("text", tell_error(error)))
    for letter, number in zip(letters, numbers, strict=True):
        _note(desk, visitor, "message.queue", letter, number, typed)
    if not wants_region(request):
        return RedirectResponse(f"/messages/outbound/{numbers[0]}", 303)
    return _show_sent(request, desk, typed, queued=numbers)


def _note(
    desk: Desk,
    visitor: Visitor,
    action: str,
    letter: Letter,
    number: int,
    typed: ComposeForm,
) -> None:
    desk.audit.note(
        visitor.actor,
        action,
        subject="outbound",
        subject_id=str(number or ""),
        record_id=letter.record_id,
        detail=typed.destination.name,
    )


def _show_text(raw: bytes, charset: str) -> str:
    return read_text(raw, charset).replace("\r\n", "\n").replace("\r", "\n")


def _refuse(request: Request, desk: Desk, typed: ComposeForm) -> Response:
    """The whole form with what is wrong with it, in the place of the one that was sent."""
    if not wants_region(request):
        return _show(request, desk, typed)
    headers = {"HX-Retarget": "#compose", "HX-Reswap": "outerHTML show:top"}
    return _render(request, desk, "compose/_compose.html", typed, headers)


def _show(request: Request, desk: Desk, typed: ComposeForm) -> Response:
    return _render(request, desk, "compose/page.html", typed, None)


def _show_sent(
    request: Request,
    desk: Desk,
    typed: ComposeForm,
    *,
    sent: Iterable[Sent] = (),
    queued: Sequence[int] = (),
    left_out: dict[int, list[str]] | None = None,
) -> Response:
    results = [
        (
            each,
            tell_answer(each.answer) if each.answer else None,
            make_view(each.answer.content) if each.answer else None,
        )
        for each in sent
    ]
    template = "compose/_sent.html" if wants_region(request) else "compose/page.html"
    return _render(
        request, desk, template, typed, None, results=results, queued=queued, left_out=left_out or {}
    )


def _render(
    request: Request,
    desk: Desk,
    template: str,
    typed: ComposeForm,
    headers: dict[str, str] | None,
    *,
    results: Sequence[object] = (),
    queued: Sequence[int] = (),
    left_out: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> Response:
    configuration = desk.configuration
    return render(
        request,
        template,
        status=422 if typed.errors else 200,
        headers=headers,
        form=typed,
        known=Sender(desk.database).find_known(),
        options=configuration.options,
        profiles=sorted({*configuration.profiles, *PRESETS}),
        results=results,
        queued=queued,
        left_out=left_out,
    )
