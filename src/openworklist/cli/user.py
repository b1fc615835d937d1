"""`openworklist user`: the people who may log in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.cli.flags import AsJson, find_actor, takes_settings
from openworklist.cli.passwords import read_password
from openworklist.domain.role import Role
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.services.people import People

application = typer.Typer(help="The people who may log in, and their sessions.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
NewRole = Annotated[Role, typer.Argument(help="What the user may do.")]
ChosenRole = Annotated[Role, typer.Option("--role", help="What the user may do.")]


@contextmanager
def _open_people(loaded: Loaded) -> Iterator[People]:
    from openworklist.app.doors import open_shared_store
    from openworklist.services.people import People

    with open_shared_store(loaded.settings) as database:
        yield People(database)


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_users(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show who may log in, and as what."""
    from openworklist.app.doors import open_store
    from openworklist.services.people import People

    with open_store(loaded.settings) as database:
        users = People(database).users.find_all()
    zone = loaded.settings.zone()
    if as_json:
        print_json([_to_json(each, zone) for each in users])
        return
    rows = [
        (
            each.name,
            each.role.value,
            "active" if each.is_active else "deactivated",
            format_moment(each.created_at, zone),
            format_moment(each.changed_at, zone),
        )
        for each in users
    ]
    print_table(("name", "role", "state", "since", "changed"), rows)


@application.command("add")
@takes_settings("data", "database")
def add_user(loaded: Loaded, name: Name, role: ChosenRole = Role.VIEWER) -> None:
    """Add a user; the password is asked for, or read from stdin."""
    with _open_people(loaded) as people:
        user = people.users.add(name, role, read_password(), find_actor())
    print(f"{user.name}: added as {user.role.value}")


@application.command("password")
@takes_settings("data", "database")
def set_password(loaded: Loaded, name: Name) -> None:
    """Give a user a new password, asked for or read from stdin; it ends the sessions and all waiting."""
    with _open_people(loaded) as people:
        people.users.get(name)
        people.users.set_password(name, read_password(), find_actor())
    print(f"{name}: has a new password")


@application.command("role")
@takes_settings("data", "database")
def set_role(loaded: Loaded, name: Name, role: NewRole) -> None:
    """Give a user another role; it ends the sessions."""
    with _open_people(loaded) as people:
        user = people.users.set_role(name, role, find_actor())
    print(f"{user.name}: {user.role.value}")


@application.command("deactivate")
@takes_settings("data", "database")
def deactivate_user(loaded: Loaded, name: Name) -> None:
    """Let a user in no more, and end the sessions."""
    with _open_people(loaded) as people:
        user = people.users.set_active(name, False, find_actor())
    print(f"{user.name}: deactivated")


@application.command("activate")
@takes_settings("data", "database")
def activate_user(loaded: Loaded, name: Name) -> None:
    """Let a user in again."""
    with _open_people(loaded) as people:
        user = people.users.set_active(name, True, find_actor())
    print(f"{user.name}: active")


@application.command("delete")
@takes_settings("data", "database")
def delete_user(loaded: Loaded, name: Name) -> None:
    """Delete a user; the audit trail keeps what was done under the name."""
    with _open_people(loaded) as people:
        people.users.delete(name, find_actor())
    print(f"{name}: deleted")


@application.command("sessions")
@takes_settings("data", "database", "time_zone")
def list_sessions(loaded: Loaded, name: Name, as_json: AsJson = False) -> None:
    """Show where a user is logged in, and since when."""
    from openworklist.app.doors import open_store
    from openworklist.services.people import People

    with open_store(loaded.settings) as database:
        people = People(database)
        people.users.get(name)
        sessions = people.find_sessions(name)
    zone = loaded.settings.zone()
    if as_json:
        times = ("created_at", "seen_at", "expires_at")
        print_json(
            [
                {"id": each.id, "peer": each.peer}
                | {name: format_moment(getattr(each, name), zone) for name in times}
                for each in sessions
            ]
        )
        return
    rows = [
        (each.peer, *(format_moment(at, zone) for at in (each.created_at, each.seen_at, each.expires_at)))
        for each in sessions
    ]
    print_table(("from", "since", "last seen", "until"), rows)


@application.command("end-sessions")
@takes_settings("data", "database")
def end_sessions(loaded: Loaded, name: Name) -> None:
    """End all sessions of a user, who has to log in again."""
    with _open_people(loaded) as people:
        ended = people.end_sessions(name, find_actor())
    print(f"{name}: {ended} session{'' if ended == 1 else 's'} ended")


def _to_json(user: Any, zone: Any) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role.value,
        "is_active": user.is_active,
        "created_at": format_moment(user.created_at, zone),
        "changed_at": format_moment(user.changed_at, zone),
    }
