"""The mappings that there are, who uses each, and the senders that have one."""

from __future__ import annotations

from typing import NamedTuple

from openworklist.domain.system import System, find_system
from openworklist.hl7.profile import PRESETS
from openworklist.services.configuration import Configuration, find_references


class Listed(NamedTuple):
    """A mapping: of the site (`is_own`), of the program (`is_preset`), or the one in place of the other."""

    name: str
    is_own: bool
    is_preset: bool
    used_by: tuple[str, ...]

    @property
    def may_be_deleted(self) -> bool:
        """Whether nothing would lack it: a preset is as it came again."""
        return self.is_own and (self.is_preset or not self.used_by)


class ListedSender(NamedTuple):
    """A sender, the mapping that counts for it, and that of its own ("" for the site's default)."""

    system: System
    mapping: str
    own: str
    follows: str  # the name of the entry that counts for it, "" for its own


def list_mappings(configuration: Configuration) -> tuple[Listed, ...]:
    users: dict[str, set[str]] = {}
    for where, name in find_references(configuration):
        users.setdefault(name, set()).add(where)
    return tuple(
        Listed(name, name in configuration.profiles, name in PRESETS, tuple(sorted(users.get(name, ()))))
        for name in sorted({*PRESETS, *configuration.profiles})
    )


def list_senders(configuration: Configuration) -> tuple[ListedSender, ...]:
    """Those that nobody has decided about first."""
    found = [_list_sender(system, configuration) for system in configuration.systems.values()]
    return tuple(sorted(found, key=lambda each: (each.system.is_confirmed, each.system.name)))


def _list_sender(system: System, configuration: Configuration) -> ListedSender:
    counting = find_system(configuration.systems, system.application, system.facility) or system
    mapping = counting.profile or configuration.options.default_profile
    return ListedSender(system, mapping, system.profile, "" if counting is system else counting.name)
