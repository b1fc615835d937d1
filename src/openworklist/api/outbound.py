"""The outbound queue: what waits to be sent, what was given up, and messages that are put in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from openworklist.api.answers import may
from openworklist.api.body import Body, Line, Numbers, Prose
from openworklist.api.messages import read_text
from openworklist.api.parameters import Count, Number, Text, Wanted
from openworklist.api.shapes import Answer, derive, to_json
from openworklist.domain.destination import Destination, Tls
from openworklist.domain.outgoing import Outgoing, State
from openworklist.services.clock import read_clock
from openworklist.services.composition import Addresses, Remark, address, check
from openworklist.services.outbound import Outbound
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Operator, Viewer

router = APIRouter(prefix="/outbound", tags=["outbound"], route_class=GuardedRoute)

_HIDDEN = {"options"}
OutgoingAnswer: Any = derive("OutgoingMessage", Outgoing, without=_HIDDEN)
RemarkAnswer: Any = derive("Remark", Remark)
StateName = Literal["waiting", "sent", "dead", "dropped"]


class WholeOutgoing(OutgoingAnswer):  # type: ignore[misc]
    text: str
    acknowledgement: str


class NewOutgoing(Body):
    message: Prose
    host: Annotated[Line, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65_535)]
    tls: bool = False
    sending_application: Line = ""
    sending_facility: Line = ""
    receiving_application: Line = ""
    receiving_facility: Line = ""


class Put(Answer):
    message: int
    remarks: list[RemarkAnswer]


class Chosen(Body):
    numbers: Numbers


@router.get("", operation_id="list_outbound", response_model=list[OutgoingAnswer])
def list_outbound(
    desk: TheDesk,
    visitor: Viewer,
    state: Annotated[list[StateName] | None, Query(max_length=4)] = None,
    to: Annotated[Text, Query(description="HOST:PORT")] = "",
    record: Wanted = None,
    limit: Count = 100,
) -> Any:
    """The messages of the queue, the newest first."""
    states = tuple(State(each) for each in state or ())
    found = Outbound(desk.database).find(states, destination=to, record_id=record, most=limit)
    return [to_json(each, without=_HIDDEN) for each in found]


@router.get("/{number:int}", operation_id="get_outbound", response_model=WholeOutgoing)
def get_outbound(desk: TheDesk, visitor: Viewer, number: Number) -> Any:
    """A message, how it went, and what the receiver answered last."""
    whole = Outbound(desk.database).get(number)
    _note(desk, visitor.actor, "outbound.view", str(number))
    return {
        **to_json(whole.outgoing, without=_HIDDEN),
        "text": read_text(whole.content, "UNICODE UTF-8"),
        "acknowledgement": read_text(whole.acknowledgement, "UNICODE UTF-8"),
    }


@router.post("", operation_id="put_outbound", status_code=202, response_model=Put)
def put_outbound(desk: TheDesk, visitor: Operator, new: NewOutgoing) -> Any:
    """Put a message that somebody wrote in the queue; an empty time or control ID is made."""
    addresses = Addresses(
        new.sending_application, new.sending_facility, new.receiving_application, new.receiving_facility
    )
    now = read_clock()
    content = address(new.message, addresses, control_id=f"W{now}", now=now, zone=desk.zone)
    destination = Destination(new.host, new.port, Tls() if new.tls else None)
    queue = Outbound(desk.database, wake=desk.wake)
    (number,) = queue.put([content], destination, actor=visitor.actor)
    _note(desk, visitor.actor, "outbound.put", str(number), destination.name)
    return {"message": number, "remarks": to_json(check(new.message))}


@router.post("/retry", operation_id="retry_outbound", status_code=204, responses=may(404, 409))
def retry(desk: TheDesk, visitor: Operator, chosen: Chosen) -> None:
    """Have messages tried again at once."""
    Outbound(desk.database, wake=desk.wake).retry(chosen.numbers, visitor.actor)
    _note(desk, visitor.actor, "outbound.retry", _join(chosen.numbers))


@router.post("/drop", operation_id="drop_outbound", status_code=204, responses=may(404, 409))
def drop(desk: TheDesk, visitor: Operator, chosen: Chosen) -> None:
    """Give messages up for good, so that those behind them are sent."""
    Outbound(desk.database, wake=desk.wake).drop(chosen.numbers, visitor.actor)
    _note(desk, visitor.actor, "outbound.drop", _join(chosen.numbers))


def _join(numbers: list[int]) -> str:
    return ",".join(map(str, numbers[:20]))


def _note(desk: Desk, actor: str, action: str, numbers: str, detail: str = "") -> None:
    desk.audit.note(actor, action, subject="outbound", subject_id=numbers, detail=detail)
