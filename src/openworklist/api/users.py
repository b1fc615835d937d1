"""Users: who may log in, with which role."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from openworklist.api.answers import may
from openworklist.api.body import Body, Line
from openworklist.api.parameters import Name
from openworklist.api.shapes import derive, to_json
from openworklist.domain.role import Role
from openworklist.domain.user import LONGEST_NAME, LONGEST_PASSWORD, User, check_password
from openworklist.web.desk import TheDesk, get_peer
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Administrator

router = APIRouter(prefix="/users", tags=["people"], route_class=GuardedRoute)

UserAnswer: Any = derive("User", User)
RoleName = Literal["viewer", "operator", "administrator"]
Password = Annotated[
    str, Field(min_length=1, max_length=LONGEST_PASSWORD, json_schema_extra={"writeOnly": True})
]


class NewUser(Body):
    name: Annotated[Line, Field(min_length=1, max_length=LONGEST_NAME)]
    role: RoleName
    password: Password


class UserChange(Body):
    role: RoleName | None = None
    is_active: bool | None = None
    password: Password | None = None


@router.get("", operation_id="list_users", response_model=list[UserAnswer])
def list_users(desk: TheDesk, visitor: Administrator) -> Any:
    """The users, by name."""
    return to_json(desk.people.users.find_all())


@router.get("/{name}", operation_id="get_user", response_model=UserAnswer)
def get_user(desk: TheDesk, visitor: Administrator, name: Name) -> Any:
    """One user."""
    return to_json(desk.people.users.get(name))


@router.post("", operation_id="add_user", status_code=201, response_model=UserAnswer)
def add_user(request: Request, desk: TheDesk, visitor: Administrator, new: NewUser) -> Any:
    """Add a user."""
    user = desk.people.users.add(
        new.name, Role(new.role), new.password, visitor.actor, peer=get_peer(request)
    )
    return to_json(user)


@router.patch("/{name}", operation_id="change_user", response_model=UserAnswer)
def change_user(
    request: Request, desk: TheDesk, visitor: Administrator, name: Name, change: UserChange
) -> Any:
    """Give a user another role or password, or let them in no more; what is not given stays.

    The sessions of that user end. One administrator always remains.
    """
    users, peer = desk.people.users, get_peer(request)
    users.get(name)
    if change.password is not None:
        check_password(change.password, name)  # a weak one changes nothing else either
    if change.role is not None:
        users.set_role(name, Role(change.role), visitor.actor, peer=peer)
    if change.is_active is not None:
        users.set_active(name, change.is_active, visitor.actor, peer=peer)
    if change.password is not None:
        users.set_password(name, change.password, visitor.actor, peer=peer)
    return to_json(users.get(name))


@router.delete("/{name}", operation_id="delete_user", status_code=204, responses=may(404))
def delete_user(request: Request, desk: TheDesk, visitor: Administrator, name: Name) -> None:
    """Delete a user; the audit trail keeps the name."""
    desk.people.users.delete(name, visitor.actor, peer=get_peer(request))
