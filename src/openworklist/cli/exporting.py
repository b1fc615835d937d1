"""`openworklist export`: stored records as HL7 orders."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from openworklist.cli.flags import takes_settings
from openworklist.settings import Loaded


class Kind(StrEnum):
    ORM = "ORM"
    OMI = "OMI"


@takes_settings("data", "database", "time_zone")
def export(
    loaded: Loaded,
    numbers: Annotated[list[int], typer.Argument(metavar="ID…", help="The records' ids in the list.")],
    profile: Annotated[str, typer.Option(help="Mapping of who reads them; without it, the default.")] = "",
    kind: Annotated[
        Kind, typer.Option("--type", help="ORM^O01, or OMI^O23 with the step in IPC.")
    ] = Kind.ORM,
    charset: Annotated[
        str, typer.Option(help="Character set (MSH-18); without it, the smallest that has all letters.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; without it, stdout.")
    ] = None,
) -> None:
    """Give records as HL7 orders, one after the other, as `import` takes them.

    What the mapping has no place for is told on stderr.
    """
    from openworklist.app.doors import open_store
    from openworklist.services.clock import read_clock
    from openworklist.services.configurations import Configurations
    from openworklist.services.export import compose_record
    from openworklist.services.records import Records

    messages: list[bytes] = []
    with open_store(loaded.settings) as database:
        configuration = Configurations(database).current()
        records = Records(database)
        for number in numbers:
            composed = compose_record(
                records.get(number),
                configuration,
                now=read_clock(),
                zone=loaded.settings.zone(),
                profile=profile,
                kind=kind.value,
                charset=charset,
            )
            messages.append(composed.content)
            print_left_out(number, composed.left_out)
    content = b"".join(messages)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)


def print_left_out(number: int, left_out: Iterable[Any]) -> None:
    """Tell on stderr what a message does not carry of a record."""
    from openworklist.domain.attributes import BY_NAME

    for each in left_out:
        label = BY_NAME[each.name].label if each.name in BY_NAME else each.name
        print(f"record {number}: {label} is left out: {each.reason}", file=sys.stderr)
