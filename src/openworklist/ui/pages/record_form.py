"""Typing records: a new one, a duplicate, an edit that tells when somebody else was quicker."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_urlsafe

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import NotFound, OpenWorklistError, OrderError, RecordChanged, ValuesError
from openworklist.domain.identity import PROCEDURE
from openworklist.domain.record import Record, Status
from openworklist.services.creation import to_checks
from openworklist.services.typed_values import read_values
from openworklist.ui.record_form import FieldGroup, fill_form, find_changes, make_form, read_texts
from openworklist.ui.render import render
from openworklist.web.desk import TheDesk
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.visitors import Operator

router = APIRouter(prefix="/records")


@router.get("/new")
def show_new(request: Request, desk: TheDesk, visitor: Operator) -> Response:
    """An empty form, or with `from` that of a duplicate: without what makes the other that one exam."""
    source = _to_number(request.query_params.get("from", ""))
    values = desk.records.draft_of(source) if source else {}
    twin = desk.records.find_twin(values) if source else None
    if twin:
        values.pop(PROCEDURE, None)  # two without order number are told apart by it
    return _show(request, make_form(values=values), source=source, twin=twin)


@router.post("/new")
def create_record(request: Request, desk: TheDesk, visitor: Operator, form: TheForm) -> Response:
    """Make a record of what was typed; once, however often the button was pressed."""
    texts, _ = read_texts(get_texts(form))
    source = _to_number(str(form.get("from", "")))
    groups = make_form(values=desk.records.draft_of(source) if source else {})
    key = str(form.get("once", ""))
    try:
        record = desk.records.create(
            read_values(texts),
            visitor.actor,
            checks=to_checks(desk.configuration),
            status=_read_status(form),
            idempotency_key=key,
            key_owner=visitor.actor if key else "",
        )
    except (ValuesError, OrderError) as error:
        errors = _list_errors(error)
        filled = fill_form(groups, texts, dict.fromkeys(texts, ""), errors)
        return _show(request, filled, source=source, errors=errors, status=_read_status(form), once=key)
    desk.audit.note_record(visitor.actor, "record.create", record.id)
    return RedirectResponse(_address(record.id), 303)


@router.get("/{number}/edit")
def show_edit(request: Request, desk: TheDesk, visitor: Operator, number: int) -> Response:
    """The form of a record, with the version that it is of."""
    record = desk.records.get(number)
    desk.audit.note_view(visitor.actor, number)
    return _show(request, make_form(record), record=record, status=record.status)


@router.post("/{number}/edit")
def edit_record(request: Request, desk: TheDesk, visitor: Operator, number: int, form: TheForm) -> Response:
    """Write what was changed. Who comes second sees both versions, and loses nothing that was typed."""
    texts, was = read_texts(get_texts(form))
    changes = find_changes(texts, was)
    status = _read_status(form)
    version = _to_number(str(form.get("version", "")))
    configuration = desk.configuration
    try:
        desk.records.edit(
            number,
            read_values(changes),
            visitor.actor,
            uid_root=configuration.study_uids.root,
            refuses_long=configuration.options.long_identifiers == "refuse",
            expected_version=version,
            status=status if str(form.get("was_status", "")) != status.value else None,
        )
    except RecordChanged as error:
        filled = fill_form(make_form(error.record), texts, was)
        return _show(request, filled, record=error.record, status=status, conflict=True, code=409)
    except (ValuesError, OrderError) as error:
        record = desk.records.get(number)
        errors = _list_errors(error)
        filled = fill_form(make_form(record), texts, was, errors)
        return _show(request, filled, record=record, status=status, errors=errors, version=version)
    detail = ", ".join(sorted(changes))
    desk.audit.note_record(visitor.actor, "record.edit", number, detail=detail)
    return RedirectResponse(_address(number), 303)


def _show(
    request: Request,
    groups: Sequence[FieldGroup],
    *,
    record: Record | None = None,
    source: int = 0,
    twin: int | None = None,
    status: Status = Status.SCHEDULED,
    errors: Sequence[OpenWorklistError] = (),
    conflict: bool = False,
    version: int = 0,
    once: str = "",
    code: int = 0,
) -> Response:
    known = {field.name for group in groups for field in group.fields}
    return render(
        request,
        "records/form.html",
        status=code or (422 if errors else 200),
        groups=groups,
        record=record,
        source=source,
        twin=twin,
        chosen=status,
        statuses=tuple(Status),
        errors=errors,
        others=[error for error in errors if error.where not in known],
        is_conflict=conflict,
        version=version or (record.version if record else 0),
        once=once or _make_once(),
    )


def _make_once() -> str:
    """What tells one filling in of the form from another."""
    return token_urlsafe(12)


def _list_errors(error: OpenWorklistError) -> Sequence[OpenWorklistError]:
    return error.errors if isinstance(error, ValuesError) else (error,)


def _read_status(form: FormData) -> Status:
    text = str(form.get("status", Status.SCHEDULED.value))
    if text not in set(Status):
        raise NotFound(f"There is no status {text!r}.", where="status", code="request.invalid")
    return Status(text)


def _to_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _address(number: int) -> str:
    return f"/worklist?text=number%3A{number}&record={number}"
