"""What is done with stored records: seen whole, exported, copied, deleted and brought back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.role import Role
from openworklist.services.clock import read_clock
from openworklist.services.export import compose_record
from openworklist.ui.notes import tell
from openworklist.ui.record_view import find_record_view
from openworklist.ui.render import get_language_of, render, wants_region
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.trail import Trail
from openworklist.web.visitors import Operator, Viewer

router = APIRouter(prefix="/records")
_HL7: Final = "application/hl7-v2"
_MOST: Final = 500  # deleted records that are listed


@router.get("/deleted")
def show_deleted(request: Request, desk: TheDesk, visitor: Viewer) -> Response:
    """The bin: what was deleted last, with who did it, to be brought back."""
    deleted = desk.records.find_deleted(_MOST)
    Trail(request).note_records(each.record for each in deleted)
    return render(request, "records/deleted.html", deleted=deleted)


@router.get("/{number}")
def view_record(request: Request, desk: TheDesk, visitor: Viewer, number: int) -> Response:
    """One record whole: values with their tags, history, messages, scanners that received it."""
    view = find_record_view(desk, number)
    desk.audit.note_view(visitor.actor, number)
    return render(request, "records/view.html", view=view)


@router.get("/{number}/export")
def export_record(desk: TheDesk, visitor: Viewer, number: int) -> Response:
    """The record as a file with an HL7 order, which import takes."""
    return _export(desk, visitor.actor, [number])


@router.get("/{number}/text")
def show_text(desk: TheDesk, visitor: Viewer, number: int) -> Response:
    """The record as an HL7 order to be copied, a segment a line."""
    content = _compose(desk, number)
    desk.audit.note_record(visitor.actor, "record.copy", number)
    return Response(content.decode().replace("\r", "\n"), media_type="text/plain; charset=utf-8")


@router.post("/chosen")
def handle_chosen(request: Request, desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """Export, send or delete the ticked records; deleting several is asked about once."""
    numbers = _read_numbers(form.getlist("number"))
    command = str(form.get("command", ""))
    address = _read_address(form.get("address"))
    if not numbers:
        raise OpenWorklistError("No record is ticked.", hint="tick some in the list", code="request.invalid")
    if command == "export":
        return _export(desk, visitor.actor, numbers)
    if command == "send":
        chosen = "&".join(f"record={number}" for number in numbers)
        return RedirectResponse(f"/compose?{chosen}", 303)
    visitor.require(Role.OPERATOR)
    return render(request, "records/confirm.html", numbers=numbers, address=address)


@router.post("/delete")
def delete_records(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Delete records; the answer offers to undo it."""
    numbers = _read_numbers(form.getlist("number"))
    deleted = desk.records.delete(numbers, visitor.actor)
    for number in deleted:
        desk.audit.note_record(visitor.actor, "record.delete", number)
    address = _read_address(form.get("address"))
    if wants_region(request):
        return render(request, "records/_undo.html", numbers=deleted, address=address)
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}deleted={_join(deleted)}", 303)


@router.post("/restore")
def restore_records(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Bring deleted records back as they were."""
    numbers = _read_numbers(form.getlist("number"))
    for number in numbers:
        desk.records.restore(number, visitor.actor)
        desk.audit.note_record(visitor.actor, "record.restore", number)
    if wants_region(request):
        language = get_language_of(request, visitor)
        text = language.say_many("%(num)s record is back.", "%(num)s records are back.", len(numbers))
        return Response(headers=tell(text % {"num": len(numbers)}))
    return RedirectResponse(_read_address(form.get("address")), 303)


def _export(desk: Desk, actor: str, numbers: Iterable[int]) -> Response:
    numbers = list(numbers)
    content = b"".join(_compose(desk, number) for number in numbers)
    for number in numbers:
        desk.audit.note_record(actor, "record.export", number)
    name = f"record-{numbers[0]}.hl7" if len(numbers) == 1 else f"records-{len(numbers)}.hl7"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_HL7, headers=headers)


def _compose(desk: Desk, number: int) -> bytes:
    record = desk.records.get(number)
    return compose_record(
        record, desk.configuration, now=read_clock(), zone=desk.zone, charset="UNICODE UTF-8"
    ).content


def _read_numbers(values: Iterable[object]) -> list[int]:
    texts = (str(value) for value in values)
    return [
        int(text) for text in dict.fromkeys(texts) if text.isascii() and text.isdecimal() and len(text) < 19
    ]


def _read_address(value: object) -> str:
    text = str(value or "")
    return text if text.startswith("/worklist") and text.isprintable() else "/worklist"


def _join(numbers: Iterable[int]) -> str:
    return ".".join(map(str, numbers))
