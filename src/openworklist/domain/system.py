"""A hospital system that sends messages, and what the site has decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from openworklist.domain.charset import from_hl7
from openworklist.domain.errors import SettingsError

_KEYS: Final = frozenset({"profile", "profiles", "acknowledge", "charset", "is_confirmed"})


@dataclass(frozen=True, slots=True)
class System:
    """A sender by MSH-3 and MSH-4; `*` in either stands for any letters.

    `profile` maps its messages, `profiles` those of a type (`OMI^O23`, or `OMI` for any trigger); "" is the
    site's default, as are None and "" in `acknowledge` and `charset`. One that was only seen and that nobody
    has decided about is not confirmed.
    """

    application: str
    facility: str
    profile: str = ""
    profiles: Mapping[str, str] = field(default_factory=dict)
    acknowledge: bool | None = None
    charset: str = ""
    is_confirmed: bool = False

    @property
    def name(self) -> str:
        return f"{self.application}|{self.facility}"

    @property
    def is_pattern(self) -> bool:
        return "*" in self.name

    def fits(self, application: str, facility: str) -> bool:
        return _fits(self.application, application) and _fits(self.facility, facility)

    def find_profile(self, message_type: str, component: str = "^") -> str:
        """The profile of a message by its MSH-9; "" for the site's default."""
        code, trigger, *_ = [*(message_type.upper().split(component) if component else [message_type]), ""]
        return self.profiles.get(f"{code}^{trigger}") or self.profiles.get(code) or self.profile


def _fits(pattern: str, value: str) -> bool:
    if "*" not in pattern:
        return pattern == value
    return fnmatchcase(value, pattern.replace("[", "[[]").replace("?", "[?]"))


def find_system(systems: Mapping[str, System], application: str, facility: str) -> System | None:
    """What counts for a sender: its own system if somebody decided about it, else the closest pattern."""
    own = systems.get(f"{application}|{facility}")
    if own is not None and own.is_confirmed:
        return own
    patterns = [each for each in systems.values() if each.is_pattern and each.fits(application, facility)]
    if patterns:
        # The pattern with most letters says most; of two the one that comes first.
        return min(patterns, key=lambda each: (-len(each.name.replace("*", "")), each.name))
    return own


def to_document(system: System) -> dict[str, Any]:
    return {
        "profile": system.profile,
        "profiles": dict(system.profiles),
        "acknowledge": system.acknowledge,
        "charset": system.charset,
        "is_confirmed": system.is_confirmed,
    }


def from_document(name: str, document: Any) -> System:
    """SettingsError if it is no system, or names a character set that nobody knows."""
    application, bar, facility = name.partition("|")
    if not bar or not isinstance(document, dict) or document.keys() - _KEYS:
        raise SettingsError(f"{name!r} is no system: write it APPLICATION|FACILITY.", where="system")
    system = System(application, facility, **document)
    is_good = isinstance(system.profile, str) and isinstance(system.profiles, dict)
    if not is_good or system.acknowledge not in (None, True, False):
        raise SettingsError(f"The system {name} has values of the wrong kind.", where=name)
    if system.charset and not from_hl7(system.charset):
        raise SettingsError(
            f"{system.charset!r} is no character set of HL7 table 0211.",
            where=name,
            hint="write it like 8859/1 or UNICODE UTF-8",
        )
    return system
