"""Records that people make and change, with values as they type them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import AfterValidator, Field, WithJsonSchema
from starlette.responses import JSONResponse

from openworklist.api.answers import may
from openworklist.api.body import Body, is_storable
from openworklist.api.parameters import Number
from openworklist.api.record_shapes import RecordAnswer, write_record
from openworklist.api.shapes import LONGEST_VALUE, Answer, Values, make_typed_schema, to_json
from openworklist.api.versions import ETAG, IfMatch, read_version, to_etag
from openworklist.domain.errors import RecordChanged
from openworklist.domain.record import Status, Value
from openworklist.domain.visitor import Visitor
from openworklist.services.creation import to_checks
from openworklist.services.typed_values import read_values
from openworklist.web import problems
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Operator, Viewer

router = APIRouter(prefix="/records", tags=["records"], route_class=GuardedRoute)


def _check(values: dict[str, str]) -> dict[str, str]:
    if not all(is_storable(text) and len(text) <= LONGEST_VALUE for pair in values.items() for text in pair):
        raise ValueError("a value is too long, or has a letter that no text may have")
    return values


Typed = Annotated[dict[str, str], AfterValidator(_check), WithJsonSchema(make_typed_schema())]
StatusName = Annotated[str, Field(json_schema_extra={"enum": [each.value for each in Status]})]


def _check_status(text: str) -> str:
    return Status(text).value


OneStatus = Annotated[StatusName, AfterValidator(_check_status)]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern=r"^[!-~]*$",
        description="the same request with the same key makes no second record, for a day",
    ),
]


class NewRecord(Body):
    values: Typed
    status: OneStatus = Status.SCHEDULED.value


class Edits(Body):
    values: Typed = Field(default_factory=dict)
    status: OneStatus | None = None


class Draft(Answer):
    values: Values


_MADE: Any = {201: {"description": "The record as it is stored.", "headers": ETAG}}


@router.post(
    "",
    operation_id="create_record",
    status_code=201,
    response_model=RecordAnswer,
    responses=may(409) | _MADE,
)
def create_record(
    request: Request, response: Response, desk: TheDesk, visitor: Operator, new: NewRecord, key: Key = ""
) -> Any:
    """Make a record that no message brought. What scanners need and is not given is completed by rule."""
    return _create(request, response, desk, visitor, read_values(new.values), new, key)


@router.get("/{number:int}/draft", operation_id="draft_record", response_model=Draft)
def draft_record(desk: TheDesk, visitor: Viewer, number: Number) -> Any:
    """The values for a duplicate of a record: all but what makes it that one exam."""
    values = desk.records.draft_of(number)
    desk.audit.note_view(visitor.actor, number)
    return {"values": to_json(values)}


@router.post(
    "/{number:int}/duplicate",
    operation_id="duplicate_record",
    status_code=201,
    response_model=RecordAnswer,
    responses=may(409) | _MADE,
)
def duplicate_record(
    request: Request,
    response: Response,
    desk: TheDesk,
    visitor: Operator,
    number: Number,
    new: NewRecord,
    key: Key = "",
) -> Any:
    """Make another record of the same patient and procedure; `values` are what is different.

    It has no order numbers (accession, placer, filler), Study Instance UID and step ID but those given.
    """
    values = {**desk.records.draft_of(number), **read_values(new.values)}
    return _create(request, response, desk, visitor, values, new, key)


@router.patch(
    "/{number:int}",
    operation_id="edit_record",
    response_model=RecordAnswer,
    responses=may(409, 412, 428) | {200: {"headers": ETAG}},
)
def edit_record(
    response: Response,
    desk: TheDesk,
    visitor: Operator,
    number: Number,
    edits: Edits,
    if_match: IfMatch = None,
) -> Any:
    """Write values over those of a record, or give it a status; what is not named stays.

    A value stands until a newer message changes it. 412 has the record as it is now, as `record`.
    """
    configuration = desk.configuration
    expected = read_version(if_match)
    try:
        record = desk.records.edit(
            number,
            read_values(edits.values),
            visitor.actor,
            uid_root=configuration.study_uids.root,
            refuses_long=configuration.options.long_identifiers == "refuse",
            expected_version=expected,
            status=Status(edits.status) if edits.status else None,
        )
    except RecordChanged as error:
        return _tell_change(error)
    desk.audit.note_record(visitor.actor, "record.edit", record.id)
    response.headers["ETag"] = to_etag(record.version)
    return write_record(record)


def _tell_change(error: RecordChanged) -> Response:
    record = RecordAnswer.model_validate(write_record(error.record)).model_dump(mode="json")
    answer = {**problems.to_problem(error), "record": record}
    headers = {"ETag": to_etag(error.record.version)}
    return JSONResponse(answer, answer["status"], headers, media_type=problems.MEDIA_TYPE)


def _create(
    request: Request,
    response: Response,
    desk: Desk,
    visitor: Visitor,
    values: Mapping[str, Value],
    new: NewRecord,
    key: str,
) -> Any:
    record = desk.records.create(
        values,
        visitor.actor,
        checks=to_checks(desk.configuration),
        status=Status(new.status),
        idempotency_key=key,
        key_owner=visitor.actor,
    )
    desk.audit.note_record(visitor.actor, "record.create", record.id)
    response.headers["ETag"] = to_etag(record.version)
    response.headers["Location"] = f"{request.url_for('get_record', number=record.id).path}"
    return write_record(record)
