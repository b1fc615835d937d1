"""Systems that are told when a scanner begins, ends or gives up an exam."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from openworklist.api.answers import may
from openworklist.api.change_answers import VersionAnswer, write_versions
from openworklist.api.documents import derive_body, dump
from openworklist.api.parameters import Name
from openworklist.api.shapes import Answer
from openworklist.clients.tls import make_context
from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import NotFound
from openworklist.domain.subscriber import Message, Subscriber, from_document, to_document
from openworklist.services.configuration import SUBSCRIBER
from openworklist.services.subscribers import delete_subscriber, save_subscriber
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter(prefix="/subscribers", tags=["subscribers"], route_class=GuardedRoute)

_Base: Any = derive_body("SubscriberBase", Subscriber, without={"application", "facility", "destination"})
_Where: Any = derive_body("SubscriberAddress", Destination)


class SubscriberAnswer(Answer):
    name: str
    host: str
    port: int
    tls: Tls | None
    message: str
    profile: str
    senders: list[str]


class NewSubscriber(_Base, _Where):  # type: ignore[misc]
    message: Message = "ORM"


@router.get("", operation_id="list_subscribers", response_model=list[SubscriberAnswer])
def list_subscribers(desk: TheDesk, visitor: Viewer) -> Any:
    """Who is told, and where."""
    return [_write(each) for each in desk.configuration.subscribers]


@router.get("/{name}", operation_id="get_subscriber", response_model=SubscriberAnswer)
def get_subscriber(desk: TheDesk, visitor: Viewer, name: Name) -> Any:
    """A subscriber by its APPLICATION|FACILITY."""
    found = next((each for each in desk.configuration.subscribers if each.name == name), None)
    if found is None:
        raise NotFound(f"{name!r} is not told of anything.", where="name", code="rule.not-found")
    return _write(found)


@router.put("/{name}", operation_id="put_subscriber", response_model=SubscriberAnswer, responses=may(404))
def put_subscriber(
    desk: TheDesk, visitor: Administrator, trail: TheTrail, name: Name, new: NewSubscriber
) -> Any:
    """Have a system told from now on; what is not given is as by default."""
    given = {key: value for key, value in dump(new).items() if value is not None}
    subscriber = from_document(name, given)
    if subscriber.destination.tls is not None:
        make_context(subscriber.destination.tls)  # says now what is wrong with its files
    save_subscriber(desk.configurations, subscriber, visitor.actor)
    trail.note("subscriber.change", SUBSCRIBER, name)
    return _write(subscriber)


@router.delete("/{name}", operation_id="delete_subscriber", status_code=204)
def forget_subscriber(desk: TheDesk, visitor: Administrator, trail: TheTrail, name: Name) -> None:
    """Tell a system nothing more; what waits in the outbound queue still goes."""
    delete_subscriber(desk.configurations, name, visitor.actor)
    trail.note("subscriber.delete", SUBSCRIBER, name)


@router.get("/{name}/versions", operation_id="list_subscriber_versions", response_model=list[VersionAnswer])
def list_versions(desk: TheDesk, visitor: Viewer, name: Name) -> Any:
    """Who decided what about a subscriber, and when."""
    return write_versions(desk, SUBSCRIBER, name)


def _write(subscriber: Subscriber) -> Any:
    return {"name": subscriber.name, "tls": None, **to_document(subscriber)}
