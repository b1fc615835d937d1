"""What a mapping makes of messages, before it counts: explained, suggested, tried on the journal."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from openworklist.api.answers import may
from openworklist.api.body import AnyDocument, Body, Line, Prose
from openworklist.api.message_work import AgainResult, write_result
from openworklist.api.messages import find_charset
from openworklist.api.shapes import Answer, Document, derive, to_json
from openworklist.domain.system import System
from openworklist.hl7.explain import Explained, Explanation, Notice
from openworklist.hl7.profile import PRESETS, Profile, preset
from openworklist.hl7.profile_json import from_json as read_profile
from openworklist.hl7.profile_json import to_json as write_profile
from openworklist.hl7.profile_schema import make_schema
from openworklist.hl7.suggest import Candidate
from openworklist.services.explanation import ExplainedMessage, choose_as_served, explain_messages
from openworklist.services.journal import Journal, try_mapping
from openworklist.services.suggestion import suggest_mapping
from openworklist.store.journal import Filter
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Operator, Viewer

router = APIRouter(prefix="/mapping", tags=["mappings"], route_class=GuardedRoute)
_MOST = 1000  # messages of the journal


class Explain(Body):
    message: Prose
    profile: Annotated[Line, Field(description="a mapping by name; empty: as the sender is served")] = ""
    mapping: Annotated[AnyDocument | None, Field(description="a mapping that is not stored")] = None


class LookAnswer(Answer):
    source: str
    place: str
    held: str
    outcome: str
    reason: str
    warnings: list[str]


class ExplainedAttribute(Answer):
    attribute: str
    value: Any
    origin: str
    is_deleted: bool
    looks: list[LookAnswer]


NoticeAnswer: Any = derive("Notice", Notice)
CandidateAnswer: Any = derive("Candidate", Candidate)


class ExplainedOrder(Answer):
    attributes: list[ExplainedAttribute]
    notices: list[NoticeAnswer]


class ExplanationAnswer(Answer):
    number: int
    type: str
    control_id: str
    warnings: list[str]
    profile: str
    variant: str
    reason: list[str]
    orders: list[ExplainedOrder]
    error: str
    code: str


class Suggest(Body):
    messages: Annotated[list[Prose], Field(max_length=200)] = Field(default_factory=list)
    sender: Annotated[
        Line, Field(description="APPLICATION|FACILITY: its messages of the journal instead")
    ] = ""
    last: int = Field(100, ge=1, le=_MOST)
    name: Line = "suggested"


class SuggestionAnswer(Answer):
    attribute: str
    reason: str
    candidates: list[CandidateAnswer]


class Suggested(Answer):
    messages: int
    suggestions: list[SuggestionAnswer]
    mapping: Document


class Try(Body):
    mapping: AnyDocument
    sender: Annotated[Line, Field(description="give it to this sender, and try its messages alone")] = ""
    last: int = Field(50, ge=1, le=_MOST)


@router.get("/schema", operation_id="get_mapping_schema", response_model=Document)
def get_schema(visitor: Viewer) -> Any:
    """The JSON Schema of a mapping."""
    return make_schema()


@router.get("/presets", operation_id="list_mapping_presets", response_model=dict[str, Document])
def list_presets(visitor: Viewer) -> Any:
    """The mappings that come with the server, by name."""
    return {name: write_profile(preset(name)) for name in PRESETS}


@router.post(
    "/explain", operation_id="explain_mapping", response_model=list[ExplanationAnswer], responses=may(404)
)
def explain_mapping(desk: TheDesk, visitor: Viewer, asked: Explain) -> Any:
    """What a mapping finds where in a message, place by place. Nothing is stored."""
    raw = asked.message.encode()
    choose = choose_as_served(desk.configuration)
    chosen = _choose(desk, asked)
    found = explain_messages(
        raw,
        (lambda message: chosen) if chosen else choose,
        default_charset="UNICODE UTF-8",
        zone=desk.zone,
    )
    return [_write_message(each) for each in found]


@router.post("/suggest", operation_id="suggest_mapping", response_model=Suggested)
def suggest(desk: TheDesk, visitor: Viewer, trail: TheTrail, asked: Suggest) -> Any:
    """Propose where a sender puts things, from what the values in its messages look like."""
    raws = [text.encode() for text in asked.messages] or _read_journal(desk, asked.sender, asked.last)
    charset = "UNICODE UTF-8" if asked.messages else find_charset(desk)
    if not asked.messages:
        trail.note("mapping.suggest", "system", asked.sender, f"{len(raws)} messages")
    found = suggest_mapping(raws, asked.name, default_charset=charset)
    return {
        "messages": found.messages,
        "suggestions": [
            {
                "attribute": each.attribute.name,
                "reason": each.reason,
                "candidates": to_json(each.candidates),
            }
            for each in found.suggestions
        ],
        "mapping": write_profile(found.profile),
    }


@router.post("/try", operation_id="try_mapping", response_model=list[AgainResult])
def try_it(desk: TheDesk, visitor: Operator, trail: TheTrail, asked: Try) -> Any:
    """What a mapping would change in the records of the last messages. Nothing is stored."""
    profile = read_profile(asked.mapping)
    trial = desk.configuration.with_profile(profile)
    narrowed = Filter()
    if asked.sender:
        application, _, facility = asked.sender.partition("|")
        trial = trial.with_system(System(application, facility, profile.name, is_confirmed=True))
        narrowed = Filter(sending_application=application, sending_facility=facility)
    trail.note("mapping.try", "mapping", profile.name)
    results = try_mapping(desk.database, desk.reader, trial, asked.last, narrowed)
    return [write_result(each) for each in results]


def _choose(desk: Desk, asked: Explain) -> Profile | None:
    if asked.mapping is not None:
        return read_profile(asked.mapping)
    return desk.configuration.get_profile(asked.profile) if asked.profile else None


def _read_journal(desk: Desk, sender: str, last: int) -> list[bytes]:
    application, _, facility = sender.partition("|")
    journal = Journal(desk.database)
    asked = Filter(sending_application=application or None, sending_facility=facility or None)
    return [journal.get(number).message.raw for number in journal.find_numbers(asked, last)]


def _write_message(found: ExplainedMessage) -> Any:
    explained = found.explanation or Explanation("", "", (), ())
    return {
        "number": found.number,
        "type": found.type,
        "control_id": found.control_id,
        "warnings": list(found.warnings),
        "profile": explained.profile,
        "variant": explained.variant,
        "reason": list(explained.reason),
        "orders": [
            {
                "attributes": [_write_attribute(each) for each in order.attributes],
                "notices": to_json(order.notices),
            }
            for order in explained.orders
        ],
        "error": found.error.sentence if found.error else "",
        "code": found.error.code if found.error else "",
    }


def _write_attribute(found: Explained) -> Any:
    return {
        "attribute": found.attribute.name,
        "value": to_json(found.value),
        "origin": found.origin,
        "is_deleted": found.is_deleted,
        "looks": [
            {
                "source": str(look.source.path),
                "place": look.place,
                "held": look.held,
                "outcome": look.outcome.value,
                "reason": look.reason,
                "warnings": list(look.warnings),
            }
            for look in found.looks
        ],
    }
