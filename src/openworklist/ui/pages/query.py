"""Query another worklist, see what it has and what would become of it, and import what is chosen."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.services.importing import count
from openworklist.services.inquiries import MOST_ANSWERS, Inquiry
from openworklist.ui.echo import Said, echo
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.page import go
from openworklist.ui.forms.query import PATIENT, WHEN, Typed, find_node, read_query, start_form
from openworklist.ui.node_result import tell_counts
from openworklist.ui.render import get_language_of, render, wants_region
from openworklist.web.desk import Desk, TheDesk, get_peer
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Operator

router = APIRouter()
_PAGE: Final = "/query"
_ONE: Final = "/query/{number}"
_RESULTS: Final = "#results"  # below the form on a small screen


@router.get(_PAGE)
def show_query(request: Request, desk: TheDesk, visitor: Operator, node: str = "") -> Response:
    """The form; `node` is a saved one that is to be asked."""
    return _show(request, desk, start_form(desk.configuration, node))


@router.post(_PAGE)
async def ask(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Begin to ask; the page of the question shows how far it is."""
    typed = read_query(texts_of(form), desk.configuration, desk.browse.today())
    if typed.node is None or typed.errors:
        return _show(request, desk, typed, status=422)
    inquiry = desk.inquiries.ask(visitor.actor, typed.node, typed.keys, typed.texts)
    # Which keys were given, never what they say: that is about a patient.
    detail = ", ".join(sorted(inquiry.keys))
    desk.audit.note(
        visitor.actor,
        "node.ask",
        subject="node",
        subject_id=typed.node.name,
        peer=typed.node.address,
        detail=detail,
    )
    return go(f"{_PAGE}/{inquiry.id}{_RESULTS}")


@router.post(f"{_PAGE}/echo")
async def ask_echo(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Ask the node of the form whether it is there."""
    texts = texts_of(form)
    node, errors = find_node(texts, desk.configuration)
    if node is None:
        typed = Typed(texts, errors=errors)
        return (
            _show(request, desk, typed, status=422)
            if not wants_region(request)
            else _tell_wrong(request, typed)
        )
    said = await echo(desk, visitor, node, get_peer(request))
    if wants_region(request):
        return render(request, "nodes/_echo.html", said=said, node=node)
    return _show(request, desk, Typed(texts), said=said)


@router.get(_ONE)
def show_inquiry(request: Request, desk: TheDesk, visitor: Operator, number: str) -> Response:
    """A question with its answers; the line that shows how far it is, where a script asks for that."""
    inquiry = desk.inquiries.get(number, visitor.actor).snapshot()
    if wants_region(request, "progress"):
        headers = None if inquiry.is_running else {"HX-Refresh": "true"}
        return render(request, "query/_progress.html", headers=headers, inquiry=inquiry)
    return _show(request, desk, Typed(inquiry.typed), inquiry)


@router.post(f"{_ONE}/cancel")
async def cancel(desk: TheDesk, visitor: Operator, number: str) -> Response:
    """Ask no further."""
    desk.inquiries.cancel(desk.inquiries.get(number, visitor.actor))
    return go(f"{_PAGE}/{number}{_RESULTS}")


@router.post(f"{_ONE}/import")
async def import_entries(desk: TheDesk, visitor: Operator, number: str, form: TheForm) -> Response:
    """Import the chosen entries, or all."""
    inquiry = desk.inquiries.get(number, visitor.actor)
    rows = [int(text) for text in map(str, form.getlist("row")) if text.isascii() and text.isdecimal()]
    chosen = range(len(inquiry.taken)) if form.get("which") == "all" else rows
    desk.inquiries.take(inquiry, chosen)
    node = inquiry.node
    detail = f"{len(chosen)} of {len(inquiry.taken)} entries"
    desk.audit.note(
        visitor.actor, "node.import", subject="node", subject_id=node.name, peer=node.address, detail=detail
    )
    return go(f"{_PAGE}/{number}{_RESULTS}")


def _tell_wrong(request: Request, typed: Typed) -> Response:
    return render(request, "nodes/_echo.html", said=Said(error=next(iter(typed.errors.values()))), node=None)


def _show(
    request: Request,
    desk: Desk,
    typed: Typed,
    inquiry: Inquiry | None = None,
    *,
    said: Said | None = None,
    status: int = 200,
) -> Response:
    inquiry = inquiry.snapshot() if inquiry else None
    taken = inquiry.taken if inquiry else ()
    imported = [taken[row] for row in sorted(inquiry.imported)] if inquiry else []
    language = get_language_of(request, None)
    return render(
        request,
        "query/page.html",
        status=status,
        typed=typed,
        when=WHEN,
        patient=PATIENT,
        nodes=sorted(desk.configuration.nodes.values(), key=lambda each: each.name),
        inquiry=inquiry,
        imported=tell_counts(count(imported), language),
        most=MOST_ANSWERS,
        said=said,
    )
