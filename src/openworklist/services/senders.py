"""The systems that send, as people look at them: how each is mapped, and when it was heard of last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, tzinfo
from functools import partial
from typing import Final

from openworklist.domain.system import System, find_system
from openworklist.services.clock import Clock, read_clock
from openworklist.services.configuration import Configuration
from openworklist.services.configurations import Configurations
from openworklist.store.database import Database
from openworklist.store.senders import Activity, find_activity

_SECOND: Final = 1_000_000
CONFIRMED: Final = "confirmed on the page of systems"


@dataclass(frozen=True, slots=True)
class Sending:
    """A system with what counts for it.

    `governor` is the pattern that decides for it, None where it decides itself; `profile` is the mapping that
    counts. It `is_new` if nobody has decided anything. `activity` is None for one that was not heard of.
    """

    system: System
    profile: str
    governor: System | None
    is_new: bool
    activity: Activity | None


def find_sending(
    database: Database, configuration: Configuration, zone: tzinfo, *, clock: Clock = read_clock
) -> list[Sending]:
    """Those that wait for a decision first, then by name; counts are of today at the site."""
    today = datetime.fromtimestamp(clock() / _SECOND, zone).date()
    midnight = int(datetime.combine(today, time(), zone).timestamp()) * _SECOND
    activities = database.read(partial(find_activity, since=midnight))
    found = [
        _judge(each, configuration, activities.get(each.name)) for each in configuration.systems.values()
    ]
    return sorted(found, key=lambda each: (not each.is_new, each.system.name))


def confirm_system(configurations: Configurations, name: str, profile: str, actor: str) -> Configuration:
    """Fix the mapping of a system: what was chosen by default counts for good."""
    current = configurations.current()
    application, _, facility = name.partition("|")
    system = current.systems.get(name) or System(application, facility)
    confirmed = replace(system, profile=profile or current.options.default_profile, is_confirmed=True)
    return configurations.save_system(confirmed, actor, CONFIRMED)


def _judge(system: System, configuration: Configuration, activity: Activity | None) -> Sending:
    found = find_system(configuration.systems, system.application, system.facility)
    governor = found if found is not None and found is not system else None
    profile = (governor or system).profile or configuration.options.default_profile
    is_new = not system.is_confirmed and governor is None
    return Sending(system, profile, governor, is_new, activity)
