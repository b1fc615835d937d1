"""What a server that nobody can log in to yet says on the console: where its first administrator is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from openworklist.services.people import People
from openworklist.settings import Settings

_PATH: Final = "/first-run"
_EVERYWHERE: Final = ("0.0.0.0", "[::]")


def ensure_administrator(settings: Settings, people: People, origins: Sequence[str]) -> str:
    """Make the administrator that the settings want; else the line with the link, "" if none is needed.

    `origins` are those of the web port, of which there may be none. UserError if the password of the
    settings is too easy to guess.
    """
    if settings.no_login or not origins:
        return ""
    token = people.ensure_administrator(settings.admin_password)
    return f"first administrator: {_to_link(origins[0], token)}" if token else ""


def _to_link(origin: str, token: str) -> str:
    scheme, _, address = origin.partition("://")
    host, _, port = address.rpartition(":")
    shown = "localhost" if host in _EVERYWHERE else host
    return f"{scheme}://{shown}:{port}{_PATH}?{urlencode({'token': token})}"
