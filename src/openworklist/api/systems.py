"""Systems that send messages: how their messages are mapped and answered."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from openworklist.api.answers import may
from openworklist.api.change_answers import VersionAnswer, write_versions
from openworklist.api.documents import derive_body, dump
from openworklist.api.parameters import Name
from openworklist.api.shapes import derive, to_json
from openworklist.domain.errors import NotFound
from openworklist.domain.system import System, from_document, to_document
from openworklist.services.configuration import SYSTEM
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter(prefix="/systems", tags=["systems"], route_class=GuardedRoute)

SystemAnswer: Any = derive("System", System)
SystemChange: Any = derive_body("SystemChange", System, without={"application", "facility", "is_confirmed"})


@router.get("", operation_id="list_systems", response_model=list[SystemAnswer])
def list_systems(desk: TheDesk, visitor: Viewer) -> Any:
    """The systems that sent messages or were entered."""
    return to_json(list(desk.configuration.systems.values()))


@router.get("/{name}", operation_id="get_system", response_model=SystemAnswer)
def get_system(desk: TheDesk, visitor: Viewer, name: Name) -> Any:
    """A system by its APPLICATION|FACILITY."""
    found = desk.configuration.systems.get(name)
    if found is None:
        raise NotFound(f"There is no system {name!r}.", where="name", code="system.not-found")
    return to_json(found)


@router.patch("/{name}", operation_id="change_system", response_model=SystemAnswer, responses=may(404))
def change_system(
    desk: TheDesk, visitor: Administrator, trail: TheTrail, name: Name, change: SystemChange
) -> Any:
    """Decide what counts for a system, also for one that never sent; what is not given stays.

    `*` in the name stands for any letters.
    """
    before = desk.configuration.systems.get(name)
    known = to_document(before) if before else {}
    system = from_document(name, {**known, **dump(change), "is_confirmed": True})
    configuration = desk.configurations.save_system(system, visitor.actor)
    trail.note("system.change", SYSTEM, name)
    return to_json(configuration.systems[name])


@router.delete("/{name}", operation_id="forget_system", status_code=204)
def forget_system(desk: TheDesk, visitor: Administrator, trail: TheTrail, name: Name) -> None:
    """Forget what was decided: its next message makes it new again."""
    desk.configurations.delete_system(name, visitor.actor)
    trail.note("system.delete", SYSTEM, name)


@router.get("/{name}/versions", operation_id="list_system_versions", response_model=list[VersionAnswer])
def list_versions(desk: TheDesk, visitor: Viewer, name: Name) -> Any:
    """Who decided what about a system, and when."""
    return write_versions(desk, SYSTEM, name)
