"""Other worklists by name: where they are, how they are asked, and what came of it last."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter

from openworklist.api.change_answers import VersionAnswer, write_versions
from openworklist.api.documents import derive_body, dump
from openworklist.api.parameters import Name
from openworklist.api.shapes import Answer, Json, derive, to_json
from openworklist.domain.node import SavedNode, from_document, to_document
from openworklist.services import nodes
from openworklist.services.configuration import NODE
from openworklist.store.node_states import NodeState
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter(prefix="/nodes", tags=["nodes"], route_class=GuardedRoute)

NodeDocument: Any = derive("Node", SavedNode)
StateAnswer: Any = derive(
    "NodeState", NodeState, without={"node", "leased_by", "leased_until"}, result=dict[str, Any]
)
NodeChange: Any = derive_body("NodeChange", SavedNode, without={"name"})


class NodeAnswer(NodeDocument):  # type: ignore[misc]
    state: StateAnswer


class NodeList(Answer):
    nodes: list[NodeAnswer]


@router.get("", operation_id="list_nodes", response_model=NodeList)
def list_nodes(desk: TheDesk, visitor: Viewer) -> Any:
    """The saved nodes, when each was asked last, and what came of it."""
    found = nodes.find_all(desk.database, desk.configuration)
    return {"nodes": [_write(node, state) for node, state in found]}


@router.get("/{name}", operation_id="get_node", response_model=NodeDocument)
def get_node(desk: TheDesk, visitor: Viewer, name: Name) -> Any:
    """A saved node."""
    return to_json(desk.configuration.get_node(name))


@router.patch("/{name}", operation_id="change_node", response_model=NodeDocument)
def change_node(
    desk: TheDesk, visitor: Administrator, trail: TheTrail, name: Name, change: NodeChange
) -> Any:
    """Save a node; what is not given stays. A new one needs `host` and `port`; null for `tls` is none."""
    before = desk.configuration.nodes.get(name)
    known = to_document(before) if before else {}
    node = from_document(name, {**known, **dump(change)})
    configuration = nodes.save(desk.database, desk.configurations, node, visitor.actor)
    trail.note("node.change", NODE, name)
    return to_json(configuration.nodes[name])


@router.delete("/{name}", operation_id="delete_node", status_code=204)
def delete_node(desk: TheDesk, visitor: Administrator, trail: TheTrail, name: Name) -> None:
    """Forget a node; the records that came from it stay."""
    nodes.delete(desk.database, desk.configurations, name, visitor.actor)
    trail.note("node.delete", NODE, name)


@router.get("/{name}/versions", operation_id="list_node_versions", response_model=list[VersionAnswer])
def list_versions(desk: TheDesk, visitor: Viewer, name: Name) -> Any:
    """Who changed a node, and when."""
    return write_versions(desk, NODE, name)


def _write(node: SavedNode, state: NodeState) -> Json:
    told = to_json(state, without={"node", "leased_by", "leased_until"})
    return {**to_json(node), "state": {**told, "result": json.loads(state.result) if state.result else {}}}
