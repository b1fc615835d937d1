"""Tokens that open studies: given, listed, revoked."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from openworklist.api.answers import may
from openworklist.api.parameters import Count, Wanted
from openworklist.api.shapes import Answer, derive, to_json
from openworklist.domain.instance import UID_PATTERN
from openworklist.domain.study_token import StudyToken
from openworklist.domain.uids import MAX_LENGTH
from openworklist.web.desk import TheDesk, get_peer
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Operator

router = APIRouter(tags=["studies"], route_class=GuardedRoute)

Uid = Annotated[str, Path(max_length=MAX_LENGTH, pattern=UID_PATTERN, description="Study Instance UID")]
_SHOWN: Final = 50  # studies of a list that are named in the audit trail
StudyTokenAnswer: Any = derive("StudyToken", StudyToken)


class GivenToken(Answer):
    study_uid: str
    token: str = Field(description="64 letters and digits, which open the study to whoever has them")


class StudyTokenPage(Answer):
    study_tokens: list[StudyTokenAnswer]
    next: int | None = Field(description="`before` of the next page; null at the end")


@router.post(
    "/studies/{uid}/token",
    operation_id="give_study_token",
    response_model=GivenToken,
    responses=may(404, 502, 503),
)
def give_study_token(request: Request, desk: TheDesk, visitor: Operator, trail: TheTrail, uid: Uid) -> Any:
    """The token of a study, made if it has none. Whoever has it sees the study, without login."""
    desk.studies.get(uid)
    token = desk.study_tokens.ensure(uid, visitor.actor, peer=get_peer(request))
    trail.note("study-token.show", "study", uid)
    return {"study_uid": uid, "token": token}


@router.delete(
    "/studies/{uid}/token", operation_id="revoke_study_token", status_code=204, responses=may(404, 503)
)
def revoke_study_token(request: Request, desk: TheDesk, visitor: Operator, uid: Uid) -> None:
    """Have the token of a study open nothing any more. The next question gives a new one."""
    desk.study_tokens.revoke(uid, visitor.actor, peer=get_peer(request))


@router.get("/study-tokens", operation_id="list_study_tokens", response_model=StudyTokenPage)
def list_study_tokens(
    desk: TheDesk,
    visitor: Operator,
    trail: TheTrail,
    revoked: Annotated[bool, Query(description="those that were revoked too")] = False,
    before: Wanted = None,
    limit: Count = 100,
) -> Any:
    """Which studies have tokens, made by whom and when, the newest first. The tokens are not in it."""
    found = desk.study_tokens.list(before or 0, limit, revoked=revoked)
    numbers = ",".join(str(each.id) for each in found[:_SHOWN])
    trail.note_repeated("study-token.list", numbers)
    is_full = len(found) == limit
    return {"study_tokens": to_json(found), "next": found[-1].id if is_full else None}
