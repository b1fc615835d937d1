"""`openworklist options`: what the site decides while the server runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson, find_actor, takes_settings
from openworklist.cli.versions import print_versions
from openworklist.domain.options import HELP, Options
from openworklist.domain.switches import NAMES as SWITCHES
from openworklist.settings import Loaded

application = typer.Typer(
    help="What the site decides while the server runs; it takes effect within a second.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The option's name in the list.")]


@application.command("list")
@takes_settings("data", "database")
def list_options(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show every option, its value and what it is."""
    from openworklist.app.doors import open_store
    from openworklist.services.configurations import Configurations

    with open_store(loaded.settings) as database:
        options = asdict(Configurations(database).current().options)
    if as_json:
        print_json(options)
    else:
        rows = [
            (name, _show(value), _find_origin(name, value), HELP[name]) for name, value in options.items()
        ]
        print_table(("option", "value", "from", "what it is"), rows)


@application.command("set")
@takes_settings("data", "database")
def set_option(
    loaded: Loaded, name: Name, value: Annotated[str, typer.Argument(help="Its new value.")]
) -> None:
    """Change an option."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations

    with open_shared_store(loaded.settings) as database:
        configuration = Configurations(database).set_option(name, value, find_actor())
    print(f"{name}: {_show(getattr(configuration.options, name))}")


@application.command("reset")
@takes_settings("data", "database")
def reset_option(loaded: Loaded, name: Name) -> None:
    """Bring an option back to its default."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations

    with open_shared_store(loaded.settings) as database:
        configuration = Configurations(database).reset_option(name, find_actor())
    print(f"{name}: {_show(getattr(configuration.options, name))}")


@application.command("history")
@takes_settings("data", "database", "time_zone")
def show_history(loaded: Loaded, name: Name, as_json: AsJson = False) -> None:
    """Show who changed an option when."""
    print_versions(loaded, "option", name, as_json=as_json)


def _find_origin(name: str, value: object) -> str:
    """Where a value comes from; a switch that no option decides is as the server's setting."""
    if value != getattr(Options(), name):
        return "site"
    return "setting" if name in SWITCHES else "default"


def _show(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value) or "-"
