"""The tree of commands. What a command does is in the file of its family, imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from openworklist import __version__
from openworklist.cli import (
    archive,
    attributes,
    audit,
    backup,
    certificate,
    compare,
    configuration,
    doctor,
    explanation,
    exporting,
    importing,
    key,
    mapping,
    messages,
    nodes,
    notify,
    options,
    outbound,
    query,
    records,
    rules,
    scanners,
    send,
    serve,
    simulate,
    steps,
    study_token,
    study_uids,
    systems,
    user,
    why,
    worklist_import,
)

application = typer.Typer(
    name="openworklist",
    help="HL7 v2 orders in, DICOM Modality Worklist out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"openworklist {__version__}")
        raise typer.Exit


@application.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """HL7 v2 orders in, DICOM Modality Worklist out."""


application.command()(serve.serve)
application.command()(serve.ready)
application.command()(configuration.settings)
application.command()(send.send)
application.command("import")(importing.import_files)
application.command()(exporting.export)
application.command()(query.echo)
application.command()(query.find)
application.command("import-worklist")(worklist_import.import_worklist)
application.command()(compare.compare)
application.command()(explanation.explain)
application.command()(why.why)
application.command()(attributes.attributes)
application.command()(audit.audit)
application.command()(backup.backup)
application.command()(backup.restore)
application.command()(certificate.certificate)
application.add_typer(archive.application, name="archive")
application.add_typer(doctor.application, name="doctor")
application.add_typer(rules.filters, name="filters")
application.add_typer(key.application, name="key")
application.add_typer(mapping.application, name="mapping")
application.add_typer(messages.application, name="messages")
application.add_typer(nodes.application, name="nodes")
application.add_typer(notify.application, name="notify")
application.add_typer(options.application, name="options")
application.add_typer(outbound.application, name="outbound")
application.add_typer(records.application, name="records")
application.add_typer(scanners.application, name="scanners")
application.add_typer(rules.stations, name="stations")
application.add_typer(simulate.application, name="simulate")
application.add_typer(steps.application, name="steps")
application.add_typer(study_token.application, name="study-token")
application.add_typer(study_uids.application, name="study-uids")
application.add_typer(systems.application, name="systems")
application.add_typer(user.application, name="user")
