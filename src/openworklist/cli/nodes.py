"""`openworklist nodes`: other worklists that are asked, by name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import tzinfo
from typing import Annotated, Any

import typer

from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.cli.flags import (
    AsJson,
    Ca,
    Certificate,
    Key,
    ServerName,
    UseTls,
    find_actor,
    make_tls,
    parse_address,
    takes_settings,
)
from openworklist.cli.versions import print_versions
from openworklist.domain.node import Vanished
from openworklist.settings import Loaded

application = typer.Typer(
    help="Other worklists: where they are, how they are asked, and when by themselves.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the node, as it is called here.")]


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_nodes(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show the saved nodes, when each was asked last, and what came of it."""
    from openworklist.app.doors import open_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.nodes import find_all

    with open_store(loaded.settings) as database:
        found = find_all(database, Configurations(database).current())
    zone = loaded.settings.zone()
    if as_json:
        print_json({node.name: _to_json(node, state, zone) for node, state in found})
        return
    heads = ("node", "AE title", "address", "schedule", "last asked", "result")
    rows = [
        (
            node.name,
            node.ae_title,
            node.address,
            f"every {node.interval:g} s" if node.interval else "off",
            _moment(state.asked_at, zone),
            _tell(state),
        )
        for node, state in found
    ]
    print_table(heads, rows)


@application.command("set")
@takes_settings("data", "database")
def set_node(
    loaded: Loaded,
    name: Name,
    address: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Where it is.")] = None,
    ae_title: Annotated[str | None, typer.Option(help="AE title of the worklist.")] = None,
    calling: Annotated[str | None, typer.Option(help="Our AE title.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds to wait for an answer.")] = None,
    connect_timeout: Annotated[float | None, typer.Option(help="Seconds to wait for a connection.")] = None,
    total_timeout: Annotated[
        float | None, typer.Option(help="Seconds that a question may take in all.")
    ] = None,
    charset: Annotated[
        str | None, typer.Option(help='Character set of questions, like ISO_IR 100; "" is the smallest.')
    ] = None,
    assumed_charset: Annotated[
        str | None, typer.Option(help='Character set of answers that name none; "" is UTF-8, else Latin 1.')
    ] = None,
    interval: Annotated[float | None, typer.Option(help="Seconds between two questions; 0: off.")] = None,
    days_before: Annotated[int | None, typer.Option(help="Days before today that are asked for.")] = None,
    days_after: Annotated[int | None, typer.Option(help="Days after today that are asked for.")] = None,
    station: Annotated[str | None, typer.Option(help='Scheduled station AE title; "" is all.')] = None,
    modality: Annotated[str | None, typer.Option(help='Modality; "" is all.')] = None,
    limit: Annotated[int | None, typer.Option(help="Answers that are taken at the most.")] = None,
    tls: UseTls = False,
    plain: Annotated[bool, typer.Option("--plain", help="Connect without TLS again.")] = False,
    ca: Ca = None,
    certificate: Certificate = None,
    private_key: Key = None,
    server_name: ServerName = "",
    vanished: Annotated[
        Vanished | None, typer.Option(help="What becomes of records whose entries are gone.")
    ] = None,
) -> None:
    """Save a node; what is not given stays as it is. With an interval it is asked by a running server."""
    from openworklist.app.doors import open_shared_store
    from openworklist.domain.node import SavedNode
    from openworklist.services.configurations import Configurations
    from openworklist.services.nodes import save

    given: dict[str, Any] = {
        "ae_title": ae_title,
        "calling": calling,
        "timeout": timeout,
        "connect_timeout": connect_timeout,
        "total_timeout": total_timeout,
        "charset": charset,
        "assumed_charset": assumed_charset,
        "interval": interval,
        "days_before": days_before,
        "days_after": days_after,
        "station": station,
        "modality": modality,
        "limit": limit,
        "vanished": vanished,
    }
    if security := make_tls(tls, ca, certificate, private_key, server_name):
        given["tls"] = security
    if address is not None:
        given["host"], given["port"] = parse_address(address)
    with open_shared_store(loaded.settings) as database:
        configurations = Configurations(database)
        node = configurations.current().nodes.get(name)
        if node is None:
            if address is None:
                raise typer.BadParameter("a new node needs its --address HOST:PORT")
            node = SavedNode(name, given["host"], given["port"])
        node = replace(node, **{key: value for key, value in given.items() if value is not None})
        if plain:
            node = replace(node, tls=None)
        save(database, configurations, node, find_actor())
    print(f"{name}: {node.ae_title} at {node.address}, schedule {'on' if node.interval else 'off'}")


@application.command("delete")
@takes_settings("data", "database")
def delete_node(loaded: Loaded, name: Name) -> None:
    """Forget a node; the records that came from it stay."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.nodes import delete

    with open_shared_store(loaded.settings) as database:
        delete(database, Configurations(database), name, find_actor())
    print(f"{name}: deleted")


@application.command("echo")
@takes_settings("data", "database")
def echo_node(loaded: Loaded, name: Name) -> None:
    """Ask a saved node whether it is there (C-ECHO)."""
    from openworklist.app.doors import open_store
    from openworklist.services.asking import to_peer
    from openworklist.services.configurations import Configurations

    with open_store(loaded.settings) as database:
        node = Configurations(database).current().get_node(name)
    took = to_peer(node).echo()
    print(f"{node.ae_title} at {node.address} answered in {took * 1000:.1f} ms")


@application.command("history")
@takes_settings("data", "database", "time_zone")
def show_history(loaded: Loaded, name: Name, as_json: AsJson = False) -> None:
    """Show who changed a node, and when."""
    print_versions(loaded, "node", name, as_json=as_json)


def _to_json(node: Any, state: Any, zone: tzinfo) -> dict[str, Any]:
    from openworklist.domain.node import to_document

    return {
        **to_document(node),
        "asked_at": _moment(state.asked_at, zone),
        "answered_at": _moment(state.answered_at, zone),
        "next_at": _moment(state.next_at, zone),
        "failures": state.failures,
        "error": state.error,
        "error_code": state.error_code,
        "result": json.loads(state.result) if state.result else {},
    }


def _moment(at: int, zone: tzinfo) -> str:
    return format_moment(at, zone) if at else ""


def _tell(state: Any) -> str:
    if state.error:
        return f"failed {state.failures} times: {state.error}"
    result = json.loads(state.result) if state.result else {}
    return ", ".join(f"{number} {name}" for name, number in result.items() if number or name == "answers")
