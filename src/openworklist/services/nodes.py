"""Saved nodes for people: each with what came of asking it last."""

from __future__ import annotations

from functools import partial

from openworklist.domain.node import SavedNode, check, to_document
from openworklist.services.configuration import NODE, Configuration
from openworklist.services.configurations import Configurations
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.node_states import NodeState, find_state, find_states, forget_state, save_state


def find_all(database: Database, configuration: Configuration) -> list[tuple[SavedNode, NodeState]]:
    """The nodes in the order of their names."""
    states = database.read(find_states)
    return [(node, states.get(name, NodeState(name))) for name, node in sorted(configuration.nodes.items())]


def save(database: Database, configurations: Configurations, node: SavedNode, actor: str) -> Configuration:
    """Save a node; one with a schedule is due at once. SettingsError names what no node can be."""

    def make_due(connection: Connection) -> None:
        connection.lock(f"node {node.name}")
        state = find_state(connection, node.name)
        save_state(connection, state._replace(next_at=0, failures=0, error="", error_code=""))

    check(node)
    configuration = configurations.change(NODE, node.name, lambda _: to_document(node), actor)
    database.write(make_due)
    return configuration


def delete(database: Database, configurations: Configurations, name: str, actor: str) -> Configuration:
    """Ask a node no more, and forget when it was asked; NotFound if there is none of that name.

    The records that came from it stay.
    """

    def find(configuration: Configuration) -> None:
        configuration.get_node(name)

    configuration = configurations.change(NODE, name, find, actor)
    database.write(partial(forget_state, node=name))
    return configuration
