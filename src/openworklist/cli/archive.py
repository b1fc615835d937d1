"""`openworklist archive`: the archive that has studies too."""

from __future__ import annotations

import typer

from openworklist.cli.flags import takes_settings
from openworklist.settings import Loaded

application = typer.Typer(help="The archive that has studies too, over DICOMweb.", no_args_is_help=True)


@application.callback()
def root() -> None:
    """The archive that has studies too, over DICOMweb."""


@application.command("echo")
@takes_settings("data", "database", "archive_user", "archive_ca", "archive_certificate", "archive_key")
def echo_archive(loaded: Loaded) -> None:
    """Ask the archive for a study that nobody has: whether it answers."""
    from openworklist.app.doors import open_archive

    with open_archive(loaded.settings) as archive:
        took = archive.echo()
        print(f"{archive.name} answered in {took * 1000:.1f} ms")
