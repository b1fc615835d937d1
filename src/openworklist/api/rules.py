"""Filters and stations: which orders become records, and for which scanners those are that name none."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from openworklist.api.body import AnyDocument, Body
from openworklist.api.change_answers import VersionAnswer, write_versions
from openworklist.api.parameters import Name
from openworklist.api.shapes import Answer
from openworklist.services.configuration import FILTER, STATION
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter(prefix="/rules", tags=["rules"], route_class=GuardedRoute)
_KINDS = {"filters": FILTER, "stations": STATION}
Kind = Annotated[Literal["filters", "stations"], Path()]


class Rule(Answer):
    name: str
    document: Any


class Stored(Rule):
    warnings: list[str] = Field(description="what is odd about the rules now")


class NewRule(Body):
    document: AnyDocument


@router.get("/{kind}", operation_id="list_rules", response_model=list[Rule])
def list_rules(desk: TheDesk, visitor: Viewer, kind: Kind) -> Any:
    """The filters, or the station rules and groups, in the order of their names."""
    found = desk.configurations.find_rules(_KINDS[kind])
    return [{"name": name, "document": document} for name, document in found]


@router.put("/{kind}/{name}", operation_id="put_rule", response_model=Stored)
def put_rule(
    desk: TheDesk, visitor: Administrator, trail: TheTrail, kind: Kind, name: Name, new: NewRule
) -> Any:
    """Store a rule under its name; docs/filters-and-stations.md says what it may say."""
    warnings = desk.configurations.save_rule(_KINDS[kind], name, new.document, visitor.actor)
    trail.note(f"{_KINDS[kind]}.change", _KINDS[kind], name)
    return {"name": name, "document": new.document, "warnings": list(warnings)}


@router.delete("/{kind}/{name}", operation_id="delete_rule", status_code=204)
def delete_rule(desk: TheDesk, visitor: Administrator, trail: TheTrail, kind: Kind, name: Name) -> None:
    """Delete a rule; its versions are kept."""
    desk.configurations.delete_rule(_KINDS[kind], name, visitor.actor)
    trail.note(f"{_KINDS[kind]}.delete", _KINDS[kind], name)


@router.get("/{kind}/{name}/versions", operation_id="list_rule_versions", response_model=list[VersionAnswer])
def list_versions(desk: TheDesk, visitor: Viewer, kind: Kind, name: Name) -> Any:
    """Who changed a rule, and when."""
    return write_versions(desk, _KINDS[kind], name)
