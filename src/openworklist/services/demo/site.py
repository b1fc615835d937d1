"""What the site of the demo has decided: scanners, systems, a mapping, a node, and who is told of exams."""

from __future__ import annotations

from typing import Any, Final

from openworklist.domain.destination import Destination
from openworklist.domain.errors import SettingsError
from openworklist.domain.node import SavedNode
from openworklist.domain.subscriber import Subscriber
from openworklist.domain.system import System
from openworklist.services import nodes
from openworklist.services.configurations import Configurations
from openworklist.services.demo.hospital import HIS
from openworklist.services.demo.scanners import HABITS, STRANGER
from openworklist.services.scanners import change_scanner
from openworklist.services.subscribers import save_subscriber
from openworklist.store.contents import is_empty
from openworklist.store.database import Database

_ACTOR: Final = "demo"
_KIND: Final = "demo"  # the document that says whose data it is
_NAME: Final = "hospital"
_PROFILE: Final[dict[str, Any]] = {
    "format": "openworklist-mapping",
    "version": 1,
    "name": "City HIS",
    "base": "classic",
    "rules": {
        "requested_procedure_priority": {"sources": "OBR-27.1", "table": {"S": "STAT", "R": "ROUTINE"}},
        "scheduled_station_name": "OBR-24.1",
    },
}
# Programs on this machine that ask like scanners.
_TOOLS: Final = (("OPENWORKLIST", "openworklist find and echo"), ("FINDSCU", "findscu of DCMTK"))


def set_up(
    database: Database, place: str, dicom: tuple[str, int], called: str, told: tuple[str, int]
) -> None:
    """Make an empty database that of the demo; SettingsError if it holds what is none of it.

    `place` says which one it is, `dicom` and `called` are how our own worklist is asked, `told` is where the
    hospital system hears of exams.
    """
    is_new = not is_demo(database)
    if is_new and not database.read(is_empty):
        raise SettingsError(
            f"There is data in {place} that is none of the demo.",
            where="demo",
            hint="choose another folder with --data, or start without --demo",
            code="settings.demo-data",
        )
    configurations = Configurations(database)
    if is_new:
        configurations.change(_KIND, _NAME, lambda _: {}, _ACTOR)
        _decide(configurations)
        node = SavedNode("north-clinic", *dicom, ae_title=called, timeout=10)
        nodes.save(database, configurations, node, _ACTOR)
    application, _, facility = HIS.partition("|")
    subscriber = Subscriber(
        application, facility, Destination(*told), profile=_PROFILE["name"], senders=(HIS,)
    )
    if subscriber not in configurations.current().subscribers:
        save_subscriber(configurations, subscriber, _ACTOR)


def find_receiver(database: Database) -> int:
    """The port on which the hospital system heard of exams last; 0 if it never did."""
    subscribers = Configurations(database).current().subscribers
    return next((each.destination.port for each in subscribers if each.name == HIS), 0)


def is_demo(database: Database) -> bool:
    return bool(Configurations(database).find_versions(_KIND, _NAME))


def _decide(configurations: Configurations) -> None:
    configurations.save_mapping(_PROFILE, _ACTOR, "as agreed with the people of the HIS")
    application, _, facility = HIS.partition("|")
    system = System(application, facility, profile=_PROFILE["name"], is_confirmed=True)
    configurations.save_system(system, _ACTOR, "first orders looked at")
    for habit in HABITS:
        if habit is not STRANGER:
            changes = {"description": habit.description, "modalities": [habit.modality]}
            change_scanner(configurations, habit.ae_title, changes, _ACTOR)
    for ae_title, description in _TOOLS:
        change_scanner(configurations, ae_title, {"description": description}, _ACTOR)
    configurations.set_option("unknown_scanners", "refuse", _ACTOR)
