"""`openworklist filters` and `openworklist stations`: rules of the site, as JSON documents by name."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson, find_actor, takes_settings
from openworklist.cli.versions import print_versions
from openworklist.settings import Loaded

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name.")]
Document = Annotated[str, typer.Argument(metavar="JSON", help="What it says; docs/filters-and-stations.md.")]


def make_application(kind: str, help: str) -> typer.Typer:
    """The commands for one kind of rules."""
    application = typer.Typer(help=help, no_args_is_help=True)

    @application.command("list", help=f"Show every {kind}, in the order of their names.")
    @takes_settings("data", "database")
    def list_rules(loaded: Loaded, as_json: AsJson = False) -> None:
        from openworklist.app.doors import open_store
        from openworklist.services.configurations import Configurations

        with open_store(loaded.settings) as database:
            found = Configurations(database).find_rules(kind)
        if as_json:
            print_json([{"name": name, "document": document} for name, document in found])
        else:
            print_table(("name", "document"), [(name, _write(document)) for name, document in found])

    @application.command("set", help=f"Store a {kind}, or a new version of one.")
    @takes_settings("data", "database")
    def set_rule(loaded: Loaded, name: Name, document: Document) -> None:
        from openworklist.app.doors import open_shared_store
        from openworklist.services.configurations import Configurations

        try:
            value = json.loads(document)
        except ValueError as error:
            raise typer.BadParameter(f"{document!r} is no JSON: {error}") from None
        with open_shared_store(loaded.settings) as database:
            problems = Configurations(database).save_rule(kind, name, value, find_actor())
        print(f"{name}: stored")
        for problem in problems:
            print(f"warning: {problem}")

    @application.command("delete", help=f"Delete a {kind}; its versions are kept.")
    @takes_settings("data", "database")
    def delete_rule(loaded: Loaded, name: Name) -> None:
        from openworklist.app.doors import open_shared_store
        from openworklist.services.configurations import Configurations

        with open_shared_store(loaded.settings) as database:
            Configurations(database).delete_rule(kind, name, find_actor())
        print(f"{name}: deleted")

    @application.command("history", help=f"Show who changed a {kind} when.")
    @takes_settings("data", "database", "time_zone")
    def show_history(loaded: Loaded, name: Name, as_json: AsJson = False) -> None:
        print_versions(loaded, kind, name, as_json=as_json)

    return application


def _write(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


filters = make_application("filter", "Which orders become records.")
stations = make_application(
    "station", "The scanners of orders that name none, and lists that several scanners share."
)
