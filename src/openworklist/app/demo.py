"""The demo of a server, made from its settings."""

from __future__ import annotations

from typing import Final

from openworklist.domain.errors import SettingsError
from openworklist.services.demo.show import Demo, Place
from openworklist.settings import Settings
from openworklist.store.database import Database

# Where all addresses are served.
_LOOPBACK: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


def make_demo(settings: Settings, database: Database) -> Demo | None:
    """None unless it is wanted; SettingsError if it cannot be played with these settings and database."""
    if not settings.demo:
        return None
    for name in ("hl7_port", "dicom_port"):
        if not getattr(settings, name):
            raise SettingsError(
                "The demo plays through the plain HL7 and DICOM ports.",
                where=name,
                hint="give it a port, or start without --demo",
            )
    place = Place(
        "the database" if settings.database else f"the data folder {settings.data}",
        (_find_host(settings.hl7_host or settings.host), settings.hl7_port),
        (_find_host(settings.dicom_host or settings.host), settings.dicom_port),
        settings.ae_title,
        settings.zone(),
    )
    return Demo(database, place)


def _find_host(host: str) -> str:
    return _LOOPBACK.get(host, host)
