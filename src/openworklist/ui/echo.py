"""Asks a worklist whether it is there, and says it in a form that a page shows."""

from __future__ import annotations

from dataclasses import dataclass

from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.node import SavedNode
from openworklist.domain.visitor import Visitor
from openworklist.web.desk import Desk


@dataclass(frozen=True, slots=True)
class Said:
    """How many milliseconds the answer took, or why there was none."""

    milliseconds: float = 0
    error: OpenWorklistError | None = None


async def echo(desk: Desk, visitor: Visitor, node: SavedNode, peer: str) -> Said:
    """C-ECHO beside the loop; `peer` is where the visitor is."""
    desk.audit.note(visitor.actor, "node.echo", subject="node", subject_id=node.name, peer=peer)
    try:
        return Said(milliseconds=await desk.asker.echo(node) * 1000)
    except OpenWorklistError as error:
        return Said(error=error)
