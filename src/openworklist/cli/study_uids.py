"""`openworklist study-uids`: the Study Instance UIDs made here, and the scanners that see them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from openworklist.cli.console import print_json
from openworklist.cli.flags import AsJson, find_actor, takes_settings
from openworklist.cli.versions import print_versions
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from openworklist.domain.study_uids import StudyUids

application = typer.Typer(
    help="The Study Instance UIDs made for orders that have none, and the scanners that see them.",
    no_args_is_help=True,
)

Title = Annotated[str, typer.Argument(metavar="AET", help="A scanner's AE title.")]


class For(StrEnum):
    ALL = "all"
    LISTED = "listed"


@application.command("show")
@takes_settings("data", "database")
def show(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show the root, and which scanners see these UIDs."""
    from openworklist.app.doors import open_store
    from openworklist.domain.study_uids import to_document
    from openworklist.services.configurations import Configurations

    with open_store(loaded.settings) as database:
        rule = Configurations(database).current().study_uids
    if as_json:
        print_json(to_document(rule))
    else:
        _print(rule)


@application.command("root")
@takes_settings("data", "database")
def set_root(
    loaded: Loaded, root: Annotated[str, typer.Argument(help="The UID root; 2.25 needs none of your own.")]
) -> None:
    """Set the root. UIDs that were made before stay as they are."""
    _change(loaded, lambda rule: rule.with_root(root))


@application.command("for")
@takes_settings("data", "database")
def set_scope(loaded: Loaded, scanners: Annotated[For, typer.Argument(help="Who sees them.")]) -> None:
    """Show them to all scanners, or to those on the list."""
    from dataclasses import replace

    _change(loaded, lambda rule: replace(rule, is_for_all=scanners is For.ALL))


@application.command("insert")
@takes_settings("data", "database")
def insert(loaded: Loaded, title: Title) -> None:
    """Put a scanner on the list."""
    _change(loaded, lambda rule: rule.with_title(title))


@application.command("edit")
@takes_settings("data", "database")
def edit(
    loaded: Loaded,
    title: Title,
    changed: Annotated[str, typer.Argument(metavar="NEW", help="Its new title.")],
) -> None:
    """Write an AE title on the list anew."""
    _change(loaded, lambda rule: rule.with_changed(title, changed))


@application.command("delete")
@takes_settings("data", "database")
def delete(loaded: Loaded, title: Title) -> None:
    """Take a scanner off the list."""
    _change(loaded, lambda rule: rule.without_title(title))


@application.command("history")
@takes_settings("data", "database", "time_zone")
def show_history(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show who changed this when."""
    print_versions(loaded, "study-uids", "rule", as_json=as_json)


def _change(loaded: Loaded, change: Callable[[StudyUids], StudyUids]) -> None:
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.scanners import change_study_uids

    with open_shared_store(loaded.settings) as database:
        _print(change_study_uids(Configurations(database), change, find_actor()))


def _print(rule: StudyUids) -> None:
    print(f"root: {rule.root}")
    print(f"shown to: {'all scanners' if rule.is_for_all else 'the scanners on the list'}")
    print(f"list: {', '.join(rule.ae_titles) or '-'}")
