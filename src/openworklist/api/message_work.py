"""The door for orders over HTTP: one message with its acknowledgement, a whole file; and process again."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from openworklist.api.answers import gives, may
from openworklist.api.body import BYTES, HL7, PLAIN, Body, Numbers, RawBody, takes
from openworklist.api.messages import read_text
from openworklist.api.shapes import Answer, derive, to_json
from openworklist.domain.errors import MessageError
from openworklist.hl7.framing import MAX_MESSAGE
from openworklist.services.file_report import Report
from openworklist.services.files import Taken
from openworklist.services.reading import Source
from openworklist.services.reprocessing import Reprocessing, Result
from openworklist.services.settling import Settled
from openworklist.web.desk import TheDesk, get_peer
from openworklist.web.guarded import JSON, GuardedRoute, choose_media
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Operator

router = APIRouter(tags=["messages"], route_class=GuardedRoute)
CHANNEL = "rest"
_KINDS = (HL7, PLAIN, BYTES)
TakenAnswer: Any = derive("TakenMessage", Taken)


class Reception(Answer):
    outcome: str = Field(description="applied, ignored, repeated, refused or failed")
    code: str = Field(description="the code of what was wrong, docs/errors.md; empty if nothing was")
    reason: str
    acknowledgement: str = Field(description="what the sender would have got on the HL7 port")


class FileReport(Answer):
    messages: int
    outcomes: dict[str, int]
    stored: list[TakenAnswer] = Field(description="the first thousand")
    failures: list[TakenAnswer] = Field(description="the first thousand")


class Again(Body):
    numbers: Numbers
    dry_run: bool = True


class ChangedValue(Answer):
    name: str
    before: Any
    after: Any


class RebuiltRecord(Answer):
    number: int | None
    is_new: bool
    messages: list[int]
    differences: list[ChangedValue]


class NotApplied(Answer):
    message: int
    reason: str


class AgainResult(Answer):
    messages: list[int]
    records: list[RebuiltRecord]
    unchanged: int
    not_applied: list[NotApplied]
    left: list[int] = Field(description="records that no message makes any more: they stay")
    problem: str | None


@router.post(
    "/messages",
    operation_id="receive_message",
    response_model=Reception,
    responses=gives(
        JSON, HL7, description="The acknowledgement. Accept says whether it is told in JSON or HL7."
    ),
    openapi_extra=takes(*_KINDS),
)
def receive_message(request: Request, desk: TheDesk, visitor: Operator, trail: TheTrail, raw: RawBody) -> Any:
    """Hand over one message, as on the HL7 port: it is journalled, applied and acknowledged.

    200 says that it was settled, not that it was accepted: that stands in the acknowledgement.
    """
    if not raw.strip():
        raise MessageError("The body is empty.", where="body", hint="send an HL7 message")
    if len(raw) > MAX_MESSAGE:
        raise MessageError("The message is too long.", where="body", code="message.too-large")
    told: Future[Settled] = Future()
    source = Source(CHANNEL, get_peer(request))
    desk.intake.settle(raw, source, told.set_result, lane=f"{CHANNEL} {visitor.actor}")
    settled = told.result()
    trail.note_repeated("message.post", "HL7")
    if choose_media(",".join(request.headers.getlist("accept")), (JSON, HL7)) == HL7:
        return Response(settled.answer, media_type=HL7)
    error = settled.error
    return {
        "outcome": settled.disposition,
        "code": error.code if error else "",
        "reason": error.sentence if error else settled.reason,
        "acknowledgement": read_text(settled.answer, "UNICODE UTF-8"),
    }


@router.post(
    "/files",
    operation_id="import_file",
    response_model=FileReport,
    openapi_extra=takes(*_KINDS),
)
def import_file(
    request: Request,
    desk: TheDesk,
    visitor: Operator,
    raw: RawBody,
    name: Annotated[
        str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="of the file")
    ] = "",
) -> Any:
    """Take a file with any number of messages, also in a batch. The same file again changes nothing."""
    report = Report()
    for taken in desk.files.take([raw], Source(CHANNEL, name or get_peer(request))):
        report.add(taken)
    desk.audit.note(visitor.actor, "file.import", detail=f"{report.total} messages")
    return {
        "messages": report.total,
        "outcomes": dict(report.counts),
        "stored": [asdict(each) for each in report.stored],
        "failures": [asdict(each) for each in report.failures],
    }


@router.post(
    "/messages/process", operation_id="process_messages", response_model=list[AgainResult], responses=may(404)
)
def process_messages(desk: TheDesk, visitor: Operator, trail: TheTrail, again: Again) -> Any:
    """Make the records of messages anew, by the mapping of today. Only shown, unless `dry_run` is false.

    A number that no message has is told as 404; what was done before it stays done.
    """
    reprocessing = Reprocessing(desk.database, desk.reader)
    if again.dry_run:
        trail.note("message.preview", detail=f"{len(set(again.numbers))} messages")
        return [write_result(each) for each in reprocessing.preview(again.numbers)]
    results = [write_result(each) for each in reprocessing.run(again.numbers, visitor.actor)]
    desk.audit.note(visitor.actor, "message.process", detail=f"{len(set(again.numbers))} messages")
    return results


def write_result(result: Result) -> Any:
    return {
        "messages": list(result.messages),
        "records": [
            {
                "number": each.after.id or None,
                "is_new": each.before is None,
                "messages": list(each.messages),
                "differences": [to_json(one) for one in each.differences],
            }
            for each in result.records
        ],
        "unchanged": result.unchanged,
        "not_applied": [
            {"message": fate.number, "reason": str(fate.error or fate.reason)}
            for fate in result.fates
            if not fate.is_applied
        ],
        "left": list(result.left),
        "problem": str(result.problem) if result.problem else None,
    }
