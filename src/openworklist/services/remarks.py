"""What somebody should know of a record: what its messages said, and what scanners will show otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from openworklist.dicom.showing import find_losses
from openworklist.domain.extra import name_of
from openworklist.domain.record import Record
from openworklist.domain.repertoire import Repertoire
from openworklist.domain.shortcoming import find_too_long
from openworklist.services.configuration import Configuration


def find_remarks(record: Record, configuration: Configuration) -> tuple[str, ...]:
    """The warnings on a record as it is now, whatever way its values came."""
    return (*record.warnings, *_tell_too_long(record), *_tell_losses(record, configuration))


def _tell_too_long(record: Record) -> Iterator[str]:
    for name, _, sentence in find_too_long(record.values):
        yield f"{name_of(name)} {sentence}"


def _tell_losses(record: Record, configuration: Configuration) -> Iterator[str]:
    for repertoire, scanners in _group(configuration).items():
        for attribute, shown in find_losses(record, repertoire):
            who = "Every scanner" if repertoire.is_automatic else f"{scanners} ({repertoire})"
            yield f"{attribute.label}: {who} shows {shown!r}."


def _group(configuration: Configuration) -> dict[Repertoire, str]:
    """The scanners by the letters that they have; the site's default for those that nobody has set up."""
    titles: dict[Repertoire, list[str]] = {configuration.find_serving("").repertoire: ["any other scanner"]}
    for scanner in configuration.scanners.values():
        if scanner.is_confirmed:
            repertoire = configuration.find_serving(scanner.ae_title).repertoire
            titles.setdefault(repertoire, []).insert(0, scanner.ae_title)
    return {repertoire: ", ".join(names) for repertoire, names in titles.items()}
