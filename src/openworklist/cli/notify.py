"""`openworklist notify`: the systems that are told what became of their orders."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from openworklist.cli.console import print_json, print_table
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
from openworklist.settings import Loaded

application = typer.Typer(
    help="The systems that are told when a scanner begins, ends or gives up an exam.", no_args_is_help=True
)

Name = Annotated[
    str, typer.Argument(metavar="APP|FAC", help="Receiving application and facility, MSH-5 and MSH-6.")
]


class Kind(StrEnum):
    ORM = "ORM"
    OMG = "OMG"


@application.command("list")
@takes_settings("data", "database")
def list_subscribers(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show who is told, and where."""
    from openworklist.app.doors import open_store
    from openworklist.domain.subscriber import to_document
    from openworklist.services.configurations import Configurations

    with open_store(loaded.settings) as database:
        configuration = Configurations(database).current()
    if as_json:
        print_json({each.name: to_document(each) for each in configuration.subscribers})
        return
    default = configuration.options.default_profile
    rows = [
        (
            each.name,
            each.destination.name,
            "yes" if each.destination.tls else "no",
            each.message,
            each.profile or default,
            ", ".join(each.senders) or "all",
        )
        for each in configuration.subscribers
    ]
    print_table(("system", "to", "TLS", "message", "mapping", "orders of"), rows)


@application.command("set")
@takes_settings("data", "database")
def set_subscriber(
    loaded: Loaded,
    name: Name,
    to: Annotated[str, typer.Option(help="Its HL7 port, HOST:PORT.")],
    message: Annotated[
        Kind, typer.Option(case_sensitive=False, help="ORM is ORM^O01, OMG is OMG^O19.")
    ] = Kind.ORM,
    profile: Annotated[str, typer.Option(help='Mapping of its messages; "" is the site\'s default.')] = "",
    sender: Annotated[
        list[str] | None,
        typer.Option(
            metavar="APP|FAC", help="Only orders of this system, * for any letters; may be repeated."
        ),
    ] = None,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    key: Key = None,
    server_name: ServerName = "",
) -> None:
    """Have a system told from now on; what is not given is as by default."""
    from openworklist.app.doors import open_shared_store
    from openworklist.clients.tls import make_context
    from openworklist.domain.destination import Destination
    from openworklist.domain.subscriber import Subscriber
    from openworklist.services.configurations import Configurations
    from openworklist.services.subscribers import save_subscriber

    application_name, bar, facility = name.partition("|")
    if not bar:
        raise typer.BadParameter(f"{name!r} is no receiver: write it APPLICATION|FACILITY")
    destination = Destination(*parse_address(to), make_tls(tls, ca, certificate, key, server_name))
    if destination.tls is not None:
        make_context(destination.tls)  # says now what is wrong with its files
    subscriber = Subscriber(
        application_name, facility, destination, message.value, profile, tuple(sender or ())
    )
    with open_shared_store(loaded.settings) as database:
        save_subscriber(Configurations(database), subscriber, find_actor())
    print(f"{name}: told by {message.value} to {destination.name}")


@application.command("forget")
@takes_settings("data", "database")
def forget_subscriber(loaded: Loaded, name: Name) -> None:
    """Tell a system nothing more; what waits in the outbound queue still goes."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.subscribers import delete_subscriber

    with open_shared_store(loaded.settings) as database:
        delete_subscriber(Configurations(database), name, find_actor())
    print(f"{name}: told nothing more")


@application.command("history")
@takes_settings("data", "database", "time_zone")
def show_history(loaded: Loaded, name: Name, as_json: AsJson = False) -> None:
    """Show who decided what about a system, and when."""
    print_versions(loaded, "subscriber", name, as_json=as_json)
