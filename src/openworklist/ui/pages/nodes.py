"""The tabs of Nodes, and what all of them share: what was deleted is brought back."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from openworklist.domain.errors import NotFound
from openworklist.services.configuration import FILTER, NODE, SCANNER, STATION, SUBSCRIBER, SYSTEM
from openworklist.services.undo import bring_back
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.page import go
from openworklist.ui.pages import nodes_rules, nodes_scanners, nodes_systems, nodes_told, nodes_worklists
from openworklist.web.desk import TheDesk
from openworklist.web.forms import TheForm
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter()
for _each in (nodes_systems, nodes_scanners, nodes_worklists, nodes_told, nodes_rules):
    router.include_router(_each.router)

_PLACES: Final = {
    SYSTEM: "/nodes/systems",
    SCANNER: "/nodes/scanners",
    NODE: "/nodes/worklists",
    SUBSCRIBER: "/nodes/told",
    FILTER: "/nodes/rules",
    STATION: "/nodes/rules",
}


@router.get("/nodes")
def show_nodes(visitor: Viewer) -> Response:
    """The first tab."""
    return go("/nodes/systems")


@router.post("/nodes/undo")
def undo(desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Bring back what was deleted last of a kind and name."""
    texts = texts_of(form)
    kind, name = texts.get("kind", ""), texts.get("name", "")
    if kind not in _PLACES:
        raise NotFound(f"Nothing of the kind {kind!r} can be brought back.", code="rule.not-found")
    bring_back(desk.configurations, kind, name, visitor.actor)
    desk.audit.note(visitor.actor, f"{kind}.restore", subject=kind, subject_id=name)
    return go(_PLACES[kind])
