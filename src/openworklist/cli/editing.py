"""`openworklist records edit`: values written over those of a record."""

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

    values = dict(_read(text) for text in changes)
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


def _read(text: str) -> tuple[str, Any]:
    """A name and its value in DICOM's form; MappingError if the attribute cannot hold it."""
    from openworklist.domain.attributes import BY_NAME
    from openworklist.hl7.word import read_word

    name, equals, value = text.partition("=")
    if not equals or name not in BY_NAME:
        raise typer.BadParameter(f"{text!r} is not NAME=VALUE, like modality=CT")
    return name, read_word(BY_NAME[name], value) if value else ""
