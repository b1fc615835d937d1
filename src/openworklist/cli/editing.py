"""`openworklist records edit` and `create`: values that people type."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openworklist.cli.flags import find_actor, takes_settings
from openworklist.settings import Loaded


@takes_settings("data", "database")
def edit(
    loaded: Loaded,
    number: Annotated[int, typer.Argument(metavar="ID", help="The record's id in the list.")],
    changes: Annotated[
        list[str],
        typer.Argument(metavar="NAME=VALUE…", help="Attributes as `records show` names them; NAME= deletes."),
    ],
) -> None:
    """Write values over those of a record; each stands until a newer message changes that value."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.records import Records

    values = _read(changes)
    with open_shared_store(loaded.settings) as database:
        configuration = Configurations(database).current()
        stored = Records(database).edit(
            number,
            values,
            find_actor(),
            uid_root=configuration.study_uids.root,
            refuses_long=configuration.options.long_identifiers == "refuse",
        )
    print(f"record {number}: version {stored.version}")


@takes_settings("data", "database")
def create(
    loaded: Loaded,
    values: Annotated[
        list[str],
        typer.Argument(metavar="NAME=VALUE…", help="Attributes as `records show` names them."),
    ],
) -> None:
    """Make a record that no message brought; what scanners need besides is completed by rule."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.creation import to_checks
    from openworklist.services.records import Records

    typed = _read(values)
    with open_shared_store(loaded.settings) as database:
        checks = to_checks(Configurations(database).current())
        stored = Records(database).create(typed, find_actor(), checks=checks)
    print(f"record {stored.id}: version {stored.version}")


def _read(texts: list[str]) -> dict[str, Any]:
    """The values of NAME=VALUE; ValuesError if an attribute cannot hold its own."""
    from openworklist.services.typed_values import read_values

    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE, like modality=CT")
        pairs[name] = value
    return read_values(pairs)
