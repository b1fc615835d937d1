"""Which server asks a saved node, when it is asked again, and what came of the last time."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import node_states as states


class NodeState(NamedTuple):
    """Times are microseconds since 1970, 0 for never; `result` is JSON, "" if it never answered."""

    node: str
    leased_by: str = ""
    leased_until: int = 0
    asked_at: int = 0
    next_at: int = 0
    failures: int = 0
    error_code: str = ""
    error: str = ""
    result: str = ""
    answered_at: int = 0

    def is_free(self, owner: str, now: int) -> bool:
        """Whether that server may ask."""
        return self.leased_by in ("", owner) or self.leased_until <= now


_NAMES: Final = NodeState._fields
_COLUMNS: Final = tuple(states.c[name] for name in _NAMES)
_ALL: Final = Statement(select(*_COLUMNS))
_FIND: Final = Statement(select(*_COLUMNS).where(states.c.node == bindparam("node_name")))
_FORGET: Final = Statement(delete(states).where(states.c.node == bindparam("node_name")))
_INSERT: Final = Statement(insert(states).values({name: bindparam(name) for name in _NAMES}))
_RELEASE: Final = Statement(update(states).values(leased_by="", leased_until=0))
_EXTEND: Final = Statement(
    update(states)
    .where(states.c.node == bindparam("node_name"), states.c.leased_by == bindparam("owner"))
    .values(leased_until=bindparam("until"))
)


def find_states(connection: Connection) -> dict[str, NodeState]:
    """All of them, by node."""
    return {state.node: state for state in map(NodeState._make, connection.run(_ALL))}


def find_state(connection: Connection, node: str) -> NodeState:
    rows = connection.run(_FIND, {"node_name": node})
    return NodeState._make(rows[0]) if rows else NodeState(node)


def save_state(connection: Connection, state: NodeState) -> None:
    connection.run_count(_FORGET, {"node_name": state.node})
    connection.run_count(_INSERT, {**state._asdict(), "error": state.error.replace("\0", "")})


def forget_state(connection: Connection, node: str) -> None:
    connection.run_count(_FORGET, {"node_name": node})


def claim_node(connection: Connection, node: str, owner: str, now: int, until: int) -> NodeState | None:
    """Let one server ask a node that is due; None if it is not, or another asks."""
    connection.lock(f"node {node}")
    state = find_state(connection, node)
    if state.next_at > now or not state.is_free(owner, now):
        return None
    claimed = state._replace(leased_by=owner, leased_until=until, asked_at=now)
    save_state(connection, claimed)
    return claimed


def extend_lease(connection: Connection, node: str, owner: str, until: int) -> bool:
    """Whether the server still holds it."""
    values = {"node_name": node, "owner": owner, "until": until}
    return connection.run_count(_EXTEND, values) > 0


def release_all(connection: Connection) -> int:
    """Give back what a server that was killed held, where there is no other server."""
    return connection.run_count(_RELEASE)
