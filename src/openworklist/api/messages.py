"""The journal: messages that arrived, what became of each, and their bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BeforeValidator
from starlette.responses import Response

from openworklist.api.answers import gives
from openworklist.api.body import HL7
from openworklist.api.parameters import Count, Number, Text, Wanted
from openworklist.api.shapes import Answer, Json, Problems, derive, to_json, to_moment
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.outcome import Outcome
from openworklist.hl7.charset import decode
from openworklist.services.journal import Journal, spell
from openworklist.services.reading import WORKLIST
from openworklist.store.changes import Noted
from openworklist.store.journal import Filter, Listed
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Viewer

router = APIRouter(prefix="/messages", tags=["messages"], route_class=GuardedRoute)

ListedMessage = derive("Message", Listed)
ChangeAnswer: Any = derive("Change", Noted)
_UTF8 = "UNICODE UTF-8"
_MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$"


class MessagePage(Answer):
    messages: list[ListedMessage]  # type: ignore[valid-type]
    next: str | None


class WholeMessage(ListedMessage):  # type: ignore[valid-type,misc]
    warnings: Problems
    changes: list[ChangeAnswer]
    text: str
    acknowledgement: str


def _read_moment(text: Any) -> Any:
    """A moment as JSON has them: with date, time and zone."""
    if not isinstance(text, str):
        return text
    if len(text) < 20 or text[10] not in "Tt":
        raise ValueError("write a moment like 2026-03-14T09:15:00Z")
    return datetime.fromisoformat(text.replace("t", "T").replace("z", "Z"))


At = Annotated[
    AwareDatetime | None, BeforeValidator(_read_moment), Query(description="like 2026-03-14T09:15:00Z")
]


@router.get("", operation_id="list_messages", response_model=MessagePage)
def list_messages(
    desk: TheDesk,
    visitor: Viewer,
    since: At = None,
    until: At = None,
    outcome: Annotated[Literal["applied", "ignored", "refused"] | None, Query()] = None,
    channel: Text = "",
    sender: Annotated[Text, Query(description="APPLICATION, or APPLICATION|FACILITY")] = "",
    type: Annotated[Text, Query(description="like ORM or ORM^O01")] = "",
    control_id: Text = "",
    record: Wanted = None,
    text: Annotated[Text, Query(description="text in the message")] = "",
    after: Annotated[str, Query(pattern=r"^([0-9]{1,16}\.[0-9]{1,16})?$")] = "",
    limit: Count = 50,
) -> Any:
    """The messages that arrived, the newest first. A page may be short, even empty, and not the last."""
    application, _, facility = sender.partition("|")
    asked = Filter(
        to_micros(since),
        to_micros(until),
        Outcome(outcome) if outcome else None,
        channel or None,
        application or None,
        facility or None,
        control_id or None,
        type or None,
        record,
        spell(text) if text else (),
    )
    begin = tuple(map(int, after.split("."))) if after else None
    page = Journal(desk.database).find(asked, begin, limit)  # type: ignore[arg-type]
    following = f"{page.after[0]}.{page.after[1]}" if page.after else None
    return {"messages": to_json(page.messages), "next": following}


@router.get("/{number:int}", operation_id="get_message", response_model=WholeMessage)
def get_message(desk: TheDesk, visitor: Viewer, number: Number) -> Any:
    """A message as text, what became of it, the changes that it made, and what its sender was told."""
    shown = Journal(desk.database).get(number)
    _note(desk, visitor.actor, "message.view", number)
    message = shown.message
    default = _UTF8 if message.listed.channel == WORKLIST else find_charset(desk)
    whole: Json = {
        **to_json(message.listed),
        "warnings": list(message.warnings),
        "changes": [{**to_json(each), "at": to_moment(each.at)} for each in shown.changes],
        "text": read_text(message.raw, default),
        "acknowledgement": read_text(message.acknowledgement, _UTF8),
    }
    return whole


@router.get(
    "/{number:int}/raw",
    operation_id="download_message",
    response_class=Response,
    responses=gives(HL7, description="The bytes as they arrived."),
)
def download_message(desk: TheDesk, visitor: Viewer, number: Number) -> Response:
    """The bytes of a message as they arrived, to be saved."""
    raw = Journal(desk.database).get(number).message.raw
    _note(desk, visitor.actor, "message.download", number)
    headers = {"Content-Disposition": f'attachment; filename="message-{number}.hl7"'}
    return Response(raw, media_type=HL7, headers=headers)


def find_charset(desk: Desk) -> str:
    """What messages are read by that name no character set."""
    return desk.configuration.options.default_charset or desk.reader.default_charset


def read_text(raw: bytes, charset: str) -> str:
    """The text of a message, or its bytes as Latin 1 where they are no text."""
    try:
        return decode(raw, charset).text
    except OpenWorklistError:
        return raw.decode("latin_1")


def to_micros(moment: datetime | None) -> int:
    return max(0, int(moment.timestamp() * 1_000_000)) if moment else 0


def _note(desk: Desk, actor: str, action: str, number: int) -> None:
    desk.audit.note(actor, action, subject="message", subject_id=str(number))
