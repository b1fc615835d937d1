"""`openworklist key`: keys by which programs use the REST interface."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.cli.flags import AsJson, find_actor, takes_settings
from openworklist.domain.role import Role
from openworklist.settings import Loaded

application = typer.Typer(help="Keys by which programs use the REST interface.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The key's name: of the program that has it.")]


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_keys(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show which keys there are, and when each was used last; never a key itself."""
    from openworklist.app.doors import open_store
    from openworklist.services.clock import read_clock
    from openworklist.services.people import People

    with open_store(loaded.settings) as database:
        keys = People(database).keys.find_all()
    now, zone = read_clock(), loaded.settings.zone()
    if as_json:
        print_json([_to_json(each, now, zone) for each in keys])
        return
    rows = [
        (
            each.name,
            f"{each.prefix}…",
            each.role.value,
            each.created_by,
            _show(each.last_used_at, zone),
            _show(each.expires_at, zone),
            _find_state(each, now),
        )
        for each in keys
    ]
    print_table(("name", "begins", "role", "made by", "last used", "until", "state"), rows)


@application.command("add")
@takes_settings("data", "database")
def add_key(
    loaded: Loaded,
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="What it may do.")] = Role.VIEWER,
    days: Annotated[int, typer.Option(min=0, max=36_500, help="Days until it ends; 0: never.")] = 0,
) -> None:
    """Make a key and print it, this once: it is kept nowhere."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.people import People

    with open_shared_store(loaded.settings) as database:
        text, _ = People(database).keys.add(name, role, find_actor(), days=days)
    print(text)


@application.command("revoke")
@takes_settings("data", "database")
def revoke_key(loaded: Loaded, name: Name) -> None:
    """End a key for good."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.people import People

    with open_shared_store(loaded.settings) as database:
        People(database).keys.revoke(name, find_actor())
    print(f"{name}: revoked")


def _find_state(key: Any, now: int) -> str:
    if key.revoked_at:
        return "revoked"
    return "valid" if key.is_valid(now) else "expired"


def _show(at: int, zone: Any) -> str:
    return format_moment(at, zone) if at else "-"


def _to_json(key: Any, now: int, zone: Any) -> dict[str, Any]:
    times = ("created_at", "last_used_at", "expires_at", "revoked_at")
    moments = {name: getattr(key, name) for name in times}
    return {
        "name": key.name,
        "prefix": key.prefix,
        "role": key.role.value,
        "created_by": key.created_by,
        **{name: format_moment(at, zone) if at else None for name, at in moments.items()},
        "is_valid": key.is_valid(now),
    }
