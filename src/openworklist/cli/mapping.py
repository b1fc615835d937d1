"""`openworklist mapping`: which field of a message becomes which attribute, tried before it counts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from openworklist.cli.console import Progress, print_json, print_table
from openworklist.cli.flags import AsJson, find_actor, parse_sender, takes_settings
from openworklist.cli.reprocess import Report
from openworklist.cli.versions import print_versions
from openworklist.settings import Loaded

application = typer.Typer(
    help="Mappings: which field of a message becomes which attribute.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The mapping's name in the list.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A mapping as JSON; see `mapping show`.")]
Note = Annotated[str, typer.Option(help="Why it is changed; kept with the version.")]


@application.command("list")
@takes_settings("data", "database")
def list_mappings(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show the mappings of the site and those that come with the server, and who uses each."""
    from openworklist.app.doors import open_store
    from openworklist.hl7.profile import PRESETS
    from openworklist.services.configuration import find_references
    from openworklist.services.configurations import Configurations

    with open_store(loaded.settings) as database:
        configuration = Configurations(database).current()
    users: dict[str, list[str]] = {}
    for where, name in find_references(configuration):
        users.setdefault(name, []).append(where)
    found = [
        {
            "name": name,
            "from": _origin(name in configuration.profiles, name in PRESETS),
            "used_by": sorted(users.get(name, [])),
        }
        for name in sorted({*PRESETS, *configuration.profiles})
    ]
    if as_json:
        print_json(found)
    else:
        rows = [(str(each["name"]), str(each["from"]), ", ".join(each["used_by"]) or "-") for each in found]
        print_table(("mapping", "from", "used by"), rows)


@application.command("show")
@takes_settings("data", "database")
def show_mapping(
    loaded: Loaded,
    name: Name,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; without it, stdout.")
    ] = None,
) -> None:
    """Give a mapping as JSON, to change it and import it again."""
    from openworklist.app.doors import open_store
    from openworklist.hl7.profile_json import to_json
    from openworklist.services.configurations import Configurations

    with open_store(loaded.settings) as database:
        document = to_json(Configurations(database).current().get_profile(name))
    if output is None:
        print_json(document)
    else:
        output.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")


@application.command("import")
@takes_settings("data", "database")
def import_mapping(
    loaded: Loaded,
    file: File,
    name: Annotated[str, typer.Option(help="Store it under this name instead of its own.")] = "",
    note: Note = "",
) -> None:
    """Store a mapping; the versions before it are kept. Under the name of a preset it takes its place."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations

    document = read_document(file)
    if name and isinstance(document, dict):
        document["name"] = name
    with open_shared_store(loaded.settings) as database:
        profile = Configurations(database).save_mapping(document, find_actor(), note)
    print(f"{profile.name}: stored; openworklist messages reprocess maps by it what arrived before")


@application.command("versions")
@takes_settings("data", "database", "time_zone")
def show_versions(loaded: Loaded, name: Name, as_json: AsJson = False) -> None:
    """Show the versions of a mapping, who made each, and when."""
    print_versions(loaded, "mapping", name, as_json=as_json)


@application.command("restore")
@takes_settings("data", "database")
def restore_mapping(
    loaded: Loaded,
    name: Name,
    version: Annotated[int, typer.Argument(min=1, help="Its number in `mapping versions`.")],
) -> None:
    """Bring a version of a mapping back, as the newest one."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations

    with open_shared_store(loaded.settings) as database:
        Configurations(database).restore_mapping(name, version, find_actor())
    print(f"{name}: version {version} brought back")


@application.command("delete")
@takes_settings("data", "database")
def delete_mapping(loaded: Loaded, name: Name) -> None:
    """Delete a mapping of the site; a preset that was changed is as it came again."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations

    with open_shared_store(loaded.settings) as database:
        Configurations(database).delete_mapping(name, find_actor())
    print(f"{name}: deleted")


@application.command("try")
@takes_settings("data", "database", "time_zone", "default_charset")
def try_mapping(
    loaded: Loaded,
    file: File,
    sender: Annotated[
        str, typer.Option(metavar="APP|FAC", help="Give it to this sender, and try its messages alone.")
    ] = "",
    last: Annotated[int, typer.Option(min=1, help="The newest so many messages.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show what a mapping would change in the records of the last messages; nothing is stored.

    Without --sender it stands for the mapping of its name, whoever uses that.
    """
    from openworklist.app.doors import make_reader, open_store
    from openworklist.domain.system import System
    from openworklist.hl7.profile_json import from_json
    from openworklist.services.configurations import Configurations
    from openworklist.services.journal import try_mapping as try_it
    from openworklist.store.journal import Filter

    settings = loaded.settings
    profile = from_json(read_document(file))
    with open_store(settings) as database:
        current = Configurations(database).current
        trial = current().with_profile(profile)
        asked = Filter()
        if sender:
            app, facility = parse_sender(sender)
            trial = trial.with_system(System(app or "", facility or "", profile.name, is_confirmed=True))
            asked = Filter(sending_application=app, sending_facility=facility)
        reader = make_reader(settings, current)
        report = Report(is_done=False)
        with Progress() as progress:
            for result in try_it(database, reader, trial, last, asked):
                progress.clear()
                report.add(result, is_shown=not as_json)
                progress.show(f"{report.messages} messages")
    if as_json:
        print_json(report.to_json())
    else:
        print(report.sum_up("openworklist mapping import stores the mapping"))
    raise typer.Exit(1 if report.problems else 0)


@application.command("suggest")
@takes_settings("data", "database", "default_charset")
def suggest_mapping(
    loaded: Loaded,
    files: Annotated[list[Path] | None, typer.Argument(help="Files with orders of the sender.")] = None,
    sender: Annotated[str, typer.Option(metavar="APP|FAC", help="Its messages in the journal instead.")] = "",
    last: Annotated[int, typer.Option(min=1, help="The newest so many of them.")] = 100,
    name: Annotated[str, typer.Option(help="Name of the mapping that is proposed.")] = "suggested",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File for the mapping that is proposed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose where a sender puts things, from what the values in its messages look like."""
    from openworklist.hl7.profile_json import to_json, write_profile
    from openworklist.services.suggestion import suggest_mapping as suggest

    if bool(files) == bool(sender):
        raise typer.BadParameter("name files, or a sender by --sender")
    raws = [file.read_bytes() for file in files] if files else _read_journal(loaded, sender, last)
    suggested = suggest(raws, name, default_charset=loaded.settings.default_charset)
    if output is not None:
        output.write_text(write_profile(suggested.profile), "utf-8")
    if as_json:
        print_json(
            {
                "messages": suggested.messages,
                "suggestions": {
                    each.attribute.name: {
                        "reason": each.reason,
                        "candidates": [asdict(candidate) for candidate in each.candidates],
                    }
                    for each in suggested.suggestions
                },
                "mapping": to_json(suggested.profile),
            }
        )
        return
    rows = [
        (
            each.attribute.label,
            each.reason,
            ", ".join(f"{one.place} ({one.fits})" for one in each.candidates[1:]) or "-",
        )
        for each in suggested.suggestions
    ]
    print_table(("attribute", "proposed", "also"), rows)


def _read_journal(loaded: Loaded, sender: str, last: int) -> list[bytes]:
    from openworklist.app.doors import open_store
    from openworklist.services.journal import Journal
    from openworklist.store.journal import Filter

    app, facility = parse_sender(sender)
    with open_store(loaded.settings) as database:
        journal = Journal(database)
        numbers = journal.find_numbers(Filter(sending_application=app, sending_facility=facility), last)
        return [journal.get(number).message.raw for number in numbers]


def read_document(file: Path) -> Any:
    """A mapping from a file, checked; MappingError if it is none."""
    from openworklist.domain.errors import MappingError
    from openworklist.hl7.profile_json import read_profile

    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise MappingError(f"{file} cannot be read: {reason}.", code="mapping.unreadable") from error
    read_profile(text)
    return json.loads(text)


def _origin(is_own: bool, is_preset: bool) -> str:
    return {
        (True, True): "site, in place of the preset",
        (True, False): "site",
        (False, True): "preset",
    }[is_own, is_preset]
