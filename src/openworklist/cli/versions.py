"""Printing who changed what was set up, and when."""

from __future__ import annotations

import json

from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.settings import Loaded

_LONGEST = 80  # letters of a document in a line


def print_versions(loaded: Loaded, kind: str, name: str, *, as_json: bool) -> None:
    """The versions of an option, a system or a mapping, counted from 1."""
    from openworklist.app.doors import open_store
    from openworklist.domain.errors import NotFound
    from openworklist.services.configurations import Configurations

    zone = loaded.settings.zone()
    with open_store(loaded.settings) as database:
        versions = Configurations(database).find_versions(kind, name)
    if not versions:
        raise NotFound(f"Nobody has changed the {kind} {name!r}.", where=name, code="configuration.not-found")
    moments = [format_moment(each.changed_at, zone) for each in versions]
    if as_json:
        print_json(
            [
                {
                    "version": number,
                    "at": moment,
                    "actor": each.actor,
                    "note": each.note,
                    "document": each.document,
                }
                for number, (moment, each) in enumerate(zip(moments, versions, strict=True), start=1)
            ]
        )
        return
    rows = [
        (str(number), moment, each.actor, each.note or "-", _shorten(each.document))
        for number, (moment, each) in enumerate(zip(moments, versions, strict=True), start=1)
    ]
    print_table(("version", "at", "by", "note", "value"), rows)


def _shorten(document: object) -> str:
    if document is None:
        return "(deleted)"
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
