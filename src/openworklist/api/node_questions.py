"""Other worklists asked from here: whether they are there, what they answer, and records made of that."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from starlette.concurrency import run_in_threadpool

from openworklist.api.answers import may
from openworklist.api.body import Body, Line
from openworklist.api.parameters import Name
from openworklist.api.shapes import Answer, Values, to_json
from openworklist.clients.dicom_question import Found
from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.node import SavedNode
from openworklist.services.clock import read_clock
from openworklist.services.importing import Asked, Taken, count, to_scope
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Operator

router = APIRouter(prefix="/nodes", tags=["nodes"], route_class=GuardedRoute)
_KEYS = {each.name for each in ATTRIBUTES if each.tag and not each.is_sequence}


def _check_keys(keys: dict[str, str]) -> dict[str, str]:
    if unknown := sorted(keys.keys() - _KEYS):
        raise ValueError(f"no worklist is asked by {unknown[0]!r}")
    return keys


class Question(Body):
    keys: Annotated[
        dict[str, Line],
        AfterValidator(_check_keys),
        Field(description="by the names of attributes; empty ones match everything"),
    ] = Field(default_factory=dict)
    limit: Annotated[int, Field(ge=0, le=100_000, description="cancel after so many; 0 takes all")] = 500


class Import(Question):
    dry_run: bool = True


class Echo(Answer):
    seconds: float


class NodeAnswers(Answer):
    answers: int
    unreadable: int
    is_complete: bool
    entries: list[Values]


class TakenEntry(Answer):
    action: str
    record: int | None
    message: int | None
    reason: str
    error: str
    code: str
    warnings: list[str]
    values: Values


class Imported(Answer):
    answers: int
    unreadable: int
    is_complete: bool
    is_dry_run: bool
    counts: dict[str, int]
    entries: list[TakenEntry]


@router.post("/{name}/echo", operation_id="echo_node", response_model=Echo, responses=may(502))
async def echo_node(desk: TheDesk, visitor: Operator, trail: TheTrail, name: Name) -> Any:
    """Ask a saved node whether it is there (C-ECHO)."""
    node = desk.configuration.get_node(name)
    trail.note("node.echo", "node", name)
    return {"seconds": await desk.asker.echo(node)}


@router.post("/{name}/query", operation_id="query_node", response_model=NodeAnswers, responses=may(502))
async def query_node(desk: TheDesk, visitor: Operator, name: Name, question: Question) -> Any:
    """Ask a saved node (C-FIND) and show what it answers. Nothing is stored."""
    node = desk.configuration.get_node(name)
    found = await desk.asker.find(node, question.keys, limit=question.limit)
    desk.audit.note(visitor.actor, "node.query", subject="node", subject_id=name)
    return {**_count(found), "entries": [to_json(each.values) for each in found.entries]}


@router.post("/{name}/import", operation_id="import_from_node", response_model=Imported, responses=may(502))
async def import_from_node(desk: TheDesk, visitor: Operator, name: Name, asked: Import) -> Any:
    """Ask a saved node and make records of what it answers. Only shown, unless `dry_run` is false."""
    node = desk.configuration.get_node(name)
    found = await desk.asker.find(node, asked.keys, limit=asked.limit)
    whom = _to_asked(node, asked.keys)
    importer = desk.importer
    if asked.dry_run:
        desk.audit.note(visitor.actor, "node.query", subject="node", subject_id=name)
        taken = await run_in_threadpool(importer.preview, whom, found.entries)
    else:
        taken = await run_in_threadpool(importer.take, whom, found.entries, by_hand=True)
        desk.audit.note(visitor.actor, "node.import", subject="node", subject_id=name)
    return {
        **_count(found),
        "is_dry_run": asked.dry_run,
        "counts": count(taken),
        "entries": [_write(each) for each in taken],
    }


def _to_asked(node: SavedNode, keys: dict[str, str]) -> Asked:
    return Asked(node.name, node.address, read_clock(), to_scope(keys))


def _count(found: Found) -> dict[str, Any]:
    return {"answers": found.answers, "unreadable": found.unreadable, "is_complete": found.is_complete}


def _write(taken: Taken) -> Any:
    return {
        "action": taken.action,
        "record": taken.record_id or None,
        "message": taken.message_id or None,
        "reason": taken.reason,
        "error": taken.error.sentence if taken.error else "",
        "code": taken.error.code if taken.error else "",
        "warnings": list(taken.warnings),
        "values": to_json(taken.entry.values),
    }
