"""Records as others read them: HL7 orders and the DICOM JSON model; and on their way to another system."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from openworklist.api.answers import gives, may
from openworklist.api.body import HL7, Body, Line, Numbers
from openworklist.api.parameters import LARGEST, Text
from openworklist.api.shapes import Answer
from openworklist.dicom.dataset import UNICODE
from openworklist.dicom.model_json import to_json as to_dicom
from openworklist.domain.destination import Destination, Tls
from openworklist.domain.record import Record
from openworklist.hl7.compose import Composed
from openworklist.services.clock import read_clock
from openworklist.services.export import compose_record, find_told
from openworklist.services.outbound import Outbound
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Operator, Viewer

router = APIRouter(tags=["records"], route_class=GuardedRoute)
DICOM_JSON = "application/dicom+json"


class Send(Body):
    """What is sent is put in the outbound queue; GET /outbound/{number} tells what became of it."""

    numbers: Numbers
    host: Annotated[Line, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65_535)]
    tls: bool = False
    profile: Annotated[Line, Field(description="the receiver's mapping; empty: the site's default")] = ""
    receiver: Annotated[Line, Field(description="APPLICATION|FACILITY")] = ""
    type: Literal["ORM", "OMI"] = "ORM"


class LeftOut(Answer):
    record: int
    attribute: str
    reason: str


class Queued(Answer):
    messages: list[int] = Field(description="their numbers in the outbound queue")
    left_out: list[LeftOut] = Field(description="what the receiver's mapping has no place for")


@router.get(
    "/records/export",
    operation_id="export_records",
    response_class=Response,
    responses=gives(HL7, DICOM_JSON, description="One order after the other, or a list of datasets.")
    | may(404),
)
def export_records(
    desk: TheDesk,
    visitor: Viewer,
    number: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST)]], Query(min_length=1, max_length=1000)],
    format: Annotated[Literal["hl7", "dicom"], Query()] = "hl7",
    profile: Text = "",
    type: Annotated[Literal["ORM", "OMI"], Query()] = "ORM",
) -> Response:
    """Records as HL7 orders, or in the DICOM JSON model (PS3.18 annex F)."""
    records = [desk.records.get(each) for each in dict.fromkeys(number)]
    _note(desk, visitor.actor, "record.export", records)
    if format == "dicom":
        datasets = [{**UNICODE, **to_dicom(find_told(record, desk.configuration))} for record in records]
        return Response(json.dumps(datasets, ensure_ascii=False).encode(), media_type=DICOM_JSON)
    made = (_compose(desk, record, profile, type, "") for record in records)
    return Response(b"".join(each.content for each in made), media_type=HL7)


@router.post(
    "/records/send",
    operation_id="send_records",
    status_code=202,
    response_model=Queued,
    responses=may(404),
)
def send_records(desk: TheDesk, visitor: Operator, send: Send) -> Any:
    """Put records, as orders, in the queue to an HL7 port."""
    records = [desk.records.get(each) for each in dict.fromkeys(send.numbers)]
    made = [_compose(desk, record, send.profile, send.type, send.receiver) for record in records]
    destination = Destination(send.host, send.port, Tls() if send.tls else None)
    queue = Outbound(desk.database, wake=desk.wake)
    numbers = [
        queue.put([each.content], destination, actor=visitor.actor, record_id=record.id)[0]
        for record, each in zip(records, made, strict=True)
    ]
    _note(desk, visitor.actor, "record.send", records, destination.name)
    left_out = [
        {"record": record.id, "attribute": one.name, "reason": one.reason}
        for record, each in zip(records, made, strict=True)
        for one in each.left_out
    ]
    return {"messages": numbers, "left_out": left_out}


def _compose(desk: Desk, record: Record, profile: str, kind: Any, receiver: str) -> Composed:
    application, _, facility = receiver.partition("|")
    return compose_record(
        record,
        desk.configuration,
        now=read_clock(),
        zone=desk.zone,
        profile=profile,
        kind=kind,
        receiver=(application, facility),
    )


def _note(desk: Desk, actor: str, action: str, records: Iterable[Record], detail: str = "") -> None:
    for record in records:
        desk.audit.note_record(actor, action, record.id, detail=detail)
