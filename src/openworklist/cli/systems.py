"""`openworklist systems`: the hospital systems that send messages, and what counts for each."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson, Choice, find_actor, takes_settings
from openworklist.cli.versions import print_versions
from openworklist.settings import Loaded

application = typer.Typer(
    help="The systems that send messages, and what counts for each.", no_args_is_help=True
)

Name = Annotated[
    str,
    typer.Argument(
        metavar="APP|FAC", help="Sending application and facility, MSH-3 and MSH-4; * stands for any letters."
    ),
]
Profile = Annotated[str | None, typer.Option(help='Mapping of its messages; "" is the site\'s default.')]


@application.command("list")
@takes_settings("data", "database")
def list_systems(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show the systems that sent messages or were entered, and how their messages are mapped."""
    from openworklist.app.doors import open_store
    from openworklist.domain.system import to_document
    from openworklist.services.configurations import Configurations

    with open_store(loaded.settings) as database:
        configuration = Configurations(database).current()
    systems = configuration.systems.values()
    if as_json:
        print_json({each.name: to_document(each) for each in systems})
        return
    rows = [
        (
            each.name,
            _describe(each, configuration),
            {True: "yes", False: "no", None: "default"}[each.acknowledge],
            each.charset or "default",
        )
        for each in systems
    ]
    print_table(("system", "mapping", "acknowledge", "character set"), rows)


@application.command("set")
@takes_settings("data", "database")
def set_system(
    loaded: Loaded,
    name: Name,
    profile: Profile = None,
    for_type: Annotated[
        list[str] | None,
        typer.Option(metavar="TYPE=MAPPING", help='Mapping of a message type, like OMI=ihe; "OMI=" removes.'),
    ] = None,
    acknowledge: Annotated[Choice | None, typer.Option(help="Whether it gets acknowledgements.")] = None,
    charset: Annotated[
        str | None, typer.Option(help='Character set of its messages that name none; "" is the default.')
    ] = None,
) -> None:
    """Decide what counts for a system; what is not given stays as it is."""
    from openworklist.app.doors import open_shared_store
    from openworklist.domain.system import System
    from openworklist.services.configurations import Configurations

    with open_shared_store(loaded.settings) as database:
        configurations = Configurations(database)
        application_name, bar, facility = name.partition("|")
        if not bar:
            raise typer.BadParameter(f"{name!r} is no system: write it APPLICATION|FACILITY")
        system = configurations.current().systems.get(name) or System(application_name, facility)
        changed = replace(
            system,
            profile=system.profile if profile is None else profile,
            profiles=_change_types(system.profiles, for_type or []),
            acknowledge=system.acknowledge if acknowledge is None else acknowledge.answer,
            charset=system.charset if charset is None else charset,
            is_confirmed=True,
        )
        configuration = configurations.save_system(changed, find_actor())
    print(f"{name}: {_describe(changed, configuration)}")


@application.command("forget")
@takes_settings("data", "database")
def forget_system(loaded: Loaded, name: Name) -> None:
    """Forget what was decided about a system: its next message makes it new again."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations

    with open_shared_store(loaded.settings) as database:
        Configurations(database).delete_system(name, find_actor())
    print(f"{name}: forgotten")


@application.command("history")
@takes_settings("data", "database", "time_zone")
def show_history(loaded: Loaded, name: Name, as_json: AsJson = False) -> None:
    """Show who decided what about a system, and when."""
    print_versions(loaded, "system", name, as_json=as_json)


def _change_types(profiles: Any, changes: list[str]) -> dict[str, str]:
    changed = dict(profiles)
    for text in changes:
        message_type, equals, profile = text.partition("=")
        if not equals or not message_type:
            raise typer.BadParameter(f"{text!r} is not TYPE=MAPPING, like OMI=ihe")
        changed[message_type.upper()] = profile
    return {message_type: profile for message_type, profile in changed.items() if profile}


def _describe(system: Any, configuration: Any) -> str:
    from openworklist.domain.system import find_system

    default = configuration.options.default_profile
    found = find_system(configuration.systems, system.application, system.facility)
    if not system.is_confirmed and (found is None or found is system):
        return f"new: mapped by {default}, please confirm"
    if found is not None and found is not system:
        return f"as {found.name}: {found.profile or default}"
    types = [f"{message_type} by {profile}" for message_type, profile in sorted(system.profiles.items())]
    return ", ".join([system.profile or default, *types])
