"""Compare: choose, drop or paste two messages, look at what differs, take it along as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.services.comparison import Comparison, Given, Pair, compare
from openworklist.services.comparison_page import render as render_file
from openworklist.services.journal import Journal
from openworklist.services.traffic import Traffic, Wish
from openworklist.ui.comparison_view import MEANING, POSITION, make_comparison_view
from openworklist.ui.language import Language
from openworklist.ui.render import get_language_of, render
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.visitors import Viewer

router = APIRouter()
_SIDES: Final = ("left", "right")
_LARGEST: Final = 32 * 1024 * 1024  # bytes of a file
_OFFERED: Final = 30  # messages of the journal


@router.get("/compare")
def show_form(request: Request, desk: TheDesk, visitor: Viewer, left: str = "", right: str = "") -> Response:
    """The form for two messages; `left` and `right` are numbers of the journal."""
    return _show_form(request, desk, {"left-message": left, "right-message": right}, {})


@router.post("/compare")
def begin(request: Request, desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """Keep the two and lead to their comparison; what cannot be read is told beside it."""
    given: dict[str, Given] = {}
    problems: dict[str, OpenWorklistError] = {}
    language = get_language_of(request, visitor)
    for side in _SIDES:
        try:
            given[side] = _read_side(desk, form, side, language)
        except OpenWorklistError as error:
            problems[side] = error
    if not problems:
        pair = Pair(given["left"], given["right"])
        try:
            _compare(desk, pair, is_time_ignored=False)
        except OpenWorklistError as error:
            # services.comparison says in the sentence which of the two it is.
            problems["left" if "left message" in error.sentence else "right"] = error
        else:
            key = desk.comparisons.put(pair, pair.size)
            desk.audit.note(visitor.actor, "message.compare", subject="comparison", subject_id=key)
            return RedirectResponse(f"/compare/{key}", 303)
    return _show_form(request, desk, get_texts(form), problems)


@router.get("/compare/{key}")
def show_comparison(
    request: Request,
    desk: TheDesk,
    visitor: Viewer,
    key: str,
    by: str = MEANING,
    all: bool = False,
    time: bool = False,
) -> Response:
    """The comparison; `all` shows what is the same too, `time` compares MSH-7 and MSH-10 too."""
    found = _compare(desk, desk.comparisons.get(key), is_time_ignored=not time)
    way = POSITION if by == POSITION else MEANING
    view = make_comparison_view(found, way, differences_only=not all)
    return render(request, "compare/page.html", key=key, view=view, by=way, all=all, time=time)


@router.get("/compare/{key}/export")
def export(desk: TheDesk, visitor: Viewer, key: str, time: bool = False) -> Response:
    """The comparison as an HTML file that stands alone; it is stored, not opened."""
    found = _compare(desk, desk.comparisons.get(key), is_time_ignored=not time)
    page = render_file(found, made=f"{datetime.now(desk.zone):%Y-%m-%d %H:%M}")
    desk.audit.note(visitor.actor, "message.compare-export", subject="comparison", subject_id=key)
    headers = {"Content-Disposition": 'attachment; filename="comparison.html"'}
    return Response(page.encode(), media_type="text/html; charset=utf-8", headers=headers)


def _compare(desk: Desk, pair: Pair, *, is_time_ignored: bool) -> Comparison:
    configuration = desk.configuration
    profile = configuration.get_profile(configuration.options.default_profile)
    return compare(
        pair.left,
        pair.right,
        profile,
        ignore_time=is_time_ignored,
        default_charset=desk.reader.find_charset(pair.left.raw),
    )


def _read_side(desk: Desk, form: FormData, side: str, language: Language) -> Given:
    """A file before a text before a number of the journal: what somebody did last fills the first two."""
    number = _read_number(form, f"{side}-number", side)
    file = form.get(f"{side}-file")
    if isinstance(file, UploadFile) and (file.filename or file.size):
        if (file.size or 0) > _LARGEST:
            raise MessageError(
                f"The file is larger than {_LARGEST // 1024 // 1024} MB.",
                where=side,
                code="message.too-large",
            )
        return Given(file.filename or "file", file.file.read(), number)
    text = str(form.get(f"{side}-text", ""))
    if text.strip():
        return Given(language.say("pasted text"), text.encode(), number)
    message = _read_number(form, f"{side}-message", side)
    if not message:
        raise MessageError(
            "No message was chosen.", where=side, hint="choose a file, paste a text, or name one"
        )
    name = language.say("message %(number)s") % {"number": message}
    return Given(name, Journal(desk.database).get(message).message.raw, number)


def _read_number(form: FormData, name: str, side: str) -> int:
    text = str(form.get(name, "")).strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise MessageError(f"{text[:40]!r} is no number.", where=side, hint="write digits only")
    return int(text)


def _show_form(
    request: Request, desk: Desk, given: dict[str, str], problems: dict[str, OpenWorklistError]
) -> Response:
    recent = Traffic(desk.database).page(Wish(direction="in"), size=_OFFERED).rows
    return render(
        request,
        "compare/form.html",
        status=422 if problems else 200,
        given=given,
        problems=problems,
        recent=recent,
        sides=_SIDES,
    )
