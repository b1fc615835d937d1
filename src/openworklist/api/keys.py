"""API keys, by which programs use this interface."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from openworklist.api.body import Body, Line
from openworklist.api.parameters import Name
from openworklist.api.shapes import derive, to_json
from openworklist.api.users import RoleName
from openworklist.domain.api_key import ApiKey
from openworklist.domain.role import Role
from openworklist.web.desk import TheDesk, get_peer
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Administrator

router = APIRouter(prefix="/keys", tags=["people"], route_class=GuardedRoute)

KeyAnswer: Any = derive("Key", ApiKey)


class MadeKey(KeyAnswer):  # type: ignore[misc]
    secret: str = Field(description="the key itself, shown this once")


class NewKey(Body):
    name: Annotated[Line, Field(min_length=1, max_length=64)]
    role: RoleName
    days: Annotated[int, Field(ge=0, le=36_500, description="after which it ends; 0: never")] = 0


@router.get("", operation_id="list_keys", response_model=list[KeyAnswer])
def list_keys(desk: TheDesk, visitor: Administrator) -> Any:
    """The keys by name, those that were revoked too."""
    return to_json(desk.people.keys.find_all())


@router.post("", operation_id="add_key", status_code=201, response_model=MadeKey)
def add_key(request: Request, desk: TheDesk, visitor: Administrator, new: NewKey) -> Any:
    """Make a key. It is shown in this answer, and never again."""
    secret, key = desk.people.keys.add(
        new.name, Role(new.role), visitor.actor, days=new.days, peer=get_peer(request)
    )
    return {**to_json(key), "secret": secret}


@router.delete("/{name}", operation_id="revoke_key", status_code=204)
def revoke_key(request: Request, desk: TheDesk, visitor: Administrator, name: Name) -> None:
    """End a key for good."""
    desk.people.keys.revoke(name, visitor.actor, peer=get_peer(request))
