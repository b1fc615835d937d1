"""`openworklist backup` and `openworklist restore`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openworklist.cli.console import Progress, print_json, printable
from openworklist.cli.flags import AsJson, find_actor, takes_settings
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.services.backup.archive import Show
    from openworklist.services.backup.contents import Manifest
    from openworklist.services.backup.restoring import Restored

_MEGABYTE = 1_000_000


@takes_settings("data", "database")
def backup(
    loaded: Loaded,
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to make, or a folder for one named by the moment.")
    ],
    no_studies: Annotated[
        bool, typer.Option("--no-studies", help="Leave out stored images, which are copied otherwise.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Save the database, the key of study tokens and stored images in one file; a server may run meanwhile.

    Patients' data are in it: it is for this user alone, and it is to be kept so.
    """
    from openworklist.services.backup.making import make_backup
    from openworklist.services.clock import read_clock

    with _progress("saved") as show:
        made = make_backup(
            loaded.settings.database,
            Path(loaded.settings.data),
            target,
            with_studies=not no_studies,
            force=force,
            actor=find_actor(),
            now=read_clock(),
            show=show,
        )
    if made.gap:
        print(printable(f"the audit trail does not tell of it: {made.gap}"), file=sys.stderr)
    if as_json:
        print_json(
            {"path": str(made.path), "size": made.size, "images": made.files, "missing": made.missing}
            | {"manifest": asdict(made.manifest)}
        )
        return
    print(printable(f"{made.path}: {_describe(made.manifest, made.files)}, {made.size} bytes"))
    if made.missing:
        print(f"{_images(made.missing)} that the index names are not in the data folder")


@takes_settings("data", "database")
def restore(
    loaded: Loaded,
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="File that `openworklist backup` made.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only read it whole and say whether it could be restored.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Move aside what it takes the place of; nothing is deleted.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back as the database and data folder of a server that does not run.

    Nothing is changed if anything is wrong with it. Whoever is logged in is logged out.
    """
    from openworklist.services.backup.opening import check_backup
    from openworklist.services.backup.restoring import restore_backup
    from openworklist.services.clock import read_clock

    settings = loaded.settings
    if check:
        with _progress("read") as show:
            opened = check_backup(archive, show)
        if as_json:
            print_json({"images": opened.files, "manifest": asdict(opened.manifest)})
        else:
            print(printable(f"{archive} is whole: {_describe(opened.manifest, opened.files)}"))
        return
    with _progress("read") as show:
        restored = restore_backup(
            settings.database,
            Path(settings.data),
            archive,
            force=force,
            actor=find_actor(),
            now=read_clock(),
            show=show,
        )
    if as_json:
        print_json(_to_json(restored))
    else:
        _print_restored(restored)


def _to_json(restored: Restored) -> dict[str, object]:
    return {
        "images": restored.files,
        "missing": restored.missing,
        "waiting": restored.waiting,
        "sessions": restored.sessions,
        "aside": str(restored.aside) if restored.aside else "",
        "manifest": asdict(restored.manifest),
    }


def _print_restored(restored: Restored) -> None:
    print(printable(f"restored: {_describe(restored.manifest, restored.files)}"))
    if restored.aside:
        print(printable(f"what was there lies in {restored.aside}"))
    if restored.missing:
        print(f"{_images(restored.missing)} that the index names are not there yet: copy them into studies")
    if restored.waiting:
        print(
            f"{restored.waiting} message{'' if restored.waiting == 1 else 's'} will be sent when the server "
            "starts, also those that were sent after the backup: see `openworklist outbound list`"
        )


def _describe(manifest: Manifest, files: int) -> str:
    images = _images(files) if manifest.has_studies else "without images"
    return f"{manifest.made_at}, records: {manifest.records}, messages: {manifest.messages}, {images}"


def _images(count: int) -> str:
    return f"{count} image{'' if count == 1 else 's'}"


@contextmanager
def _progress(done: str) -> Iterator[Show]:
    """How much is copied, on a terminal."""
    total = 0
    with Progress() as progress:

        def show(size: int) -> None:
            nonlocal total
            total += size
            progress.show(f"{total // _MEGABYTE} MB {done}")

        yield show
