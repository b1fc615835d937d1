"""What people set up while the server runs, as one state that never changes: what counts for a sender."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from openworklist.domain.attribute import Attribute
from openworklist.domain.errors import NotFound, OpenWorklistError
from openworklist.domain.filters import Filter, in_order, leave_out
from openworklist.domain.filters import from_document as to_filter
from openworklist.domain.node import SavedNode
from openworklist.domain.node import from_document as to_node
from openworklist.domain.options import Options, change_option
from openworklist.domain.order import Order
from openworklist.domain.scanner import Scanner
from openworklist.domain.scanner import from_document as to_scanner
from openworklist.domain.serving import Serving, make_serving
from openworklist.domain.station_documents import from_document as to_station
from openworklist.domain.stations import StationGroup, StationRule, Stations, assign_stations, make_stations
from openworklist.domain.study_uids import StudyUids
from openworklist.domain.study_uids import from_document as to_study_uids
from openworklist.domain.subscriber import Subscriber
from openworklist.domain.subscriber import from_document as to_subscriber
from openworklist.domain.system import System, find_system
from openworklist.domain.system import from_document as to_system
from openworklist.hl7.profile import PRESETS, Profile, preset
from openworklist.hl7.profile_json import from_json as to_profile
from openworklist.store.configuration import Version

OPTION: Final = "option"
SYSTEM: Final = "system"
MAPPING: Final = "mapping"
FILTER: Final = "filter"
STATION: Final = "station"
NODE: Final = "node"
SUBSCRIBER: Final = "subscriber"
SCANNER: Final = "scanner"
STUDY_UIDS: Final = "study-uids"
THE_RULE: Final = "rule"  # the name of the only document of its kind

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_OWN_PRESETS: Final = {"SIU": "siu"}  # the segments of appointments are in no mapping of orders
# Senders remembered, message types of each, and letters of either: whoever invents names is resolved anew.
_MOST: Final = 2_000
_MOST_TYPES: Final = 50
_LONGEST: Final = 200


class Sender:
    """What counts for the messages of one sender. `is_known` says that it has an entry of its own."""

    __slots__ = ("_find", "_found", "acknowledges", "charset", "is_known", "system")

    def __init__(
        self, system: System | None, options: Options, find: Callable[[str], Profile], *, is_known: bool
    ) -> None:
        own = system.acknowledge if system else None
        self.system = system
        self.is_known = is_known
        self.acknowledges = options.acknowledge if own is None else own
        self.charset = (system.charset if system else "") or options.default_charset
        self._find = find
        self._found: dict[str, Profile] = {}

    def find_profile(self, message_type: str) -> Profile:
        """The mapping of a message by its MSH-9."""
        found = self._found.get(message_type)
        if found is None:
            found = self._find(message_type)
            if len(self._found) < _MOST_TYPES and len(message_type) <= _LONGEST:
                self._found[message_type] = found
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """One state of all that is set up; `version` is the number of the last change.

    `problems` are documents that cannot be read, and names that nothing has: defaults stand for them.
    """

    version: int = 0
    options: Options = field(default_factory=Options)
    systems: Mapping[str, System] = field(default_factory=lambda: _NOTHING)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: _NOTHING)
    filters: tuple[Filter, ...] = ()  # in the order in which they are tried
    stations: Stations = field(default_factory=Stations)
    subscribers: tuple[Subscriber, ...] = ()
    scanners: Mapping[str, Scanner] = field(default_factory=lambda: _NOTHING)
    study_uids: StudyUids = field(default_factory=StudyUids)
    nodes: Mapping[str, SavedNode] = field(default_factory=lambda: _NOTHING)
    problems: tuple[OpenWorklistError, ...] = ()
    has_charsets: bool = field(init=False)  # whether a sender has a character set of its own
    _senders: dict[tuple[str, str], Sender] = field(default_factory=dict)
    _servings: dict[str, Serving] = field(default_factory=dict)

    def find_sender(self, application: str, facility: str) -> Sender:
        """What counts for the messages of MSH-3 and MSH-4."""
        key = application, facility
        found = self._senders.get(key)
        if found is None:
            found = self._resolve(application, facility)
            if len(self._senders) < _MOST and len(application) + len(facility) <= _LONGEST:
                self._senders[key] = found
        return found

    @property
    def confirmed_scanners(self) -> frozenset[str]:
        """The AE titles that somebody has decided about."""
        return frozenset(each.ae_title for each in self.scanners.values() if each.is_confirmed)

    def find_serving(self, ae_title: str) -> Serving:
        """What counts for the questions of a scanner, by its AE title."""
        found = self._servings.get(ae_title)
        if found is None:
            scanner = self.scanners.get(ae_title)
            found = make_serving(scanner, ae_title, self.options, self.study_uids)
            if len(self._servings) < _MOST:
                self._servings[ae_title] = found
        return found

    def get_profile(self, name: str) -> Profile:
        """A profile of the site, else a preset; MappingError if there is neither."""
        return self.profiles.get(name) or preset(name)

    def __post_init__(self) -> None:
        object.__setattr__(self, "has_charsets", any(system.charset for system in self.systems.values()))

    @property
    def extras(self) -> tuple[Attribute, ...]:
        """The attributes outside of the catalogue that a profile of the site fills."""
        found = [attribute for profile in self.profiles.values() for attribute in profile.extras]
        return tuple({attribute.name: attribute for attribute in found}.values())

    @property
    def has_rules(self) -> bool:
        """Whether there are filters or station rules."""
        return bool(self.filters or self.stations)

    def apply_rules(self, orders: Iterable[Order], message_type: str, sender: str) -> tuple[Order, ...]:
        """Orders with the stations that they get by rule, marked where a filter leaves them out."""
        assigned = (assign_stations(order, message_type, sender, self.stations) for order in orders)
        return tuple(leave_out(order, message_type, sender, self.filters) for order in assigned)

    def with_profile(self, profile: Profile) -> Configuration:
        """The same, with a profile under its name."""
        return replace(self, profiles={**self.profiles, profile.name: profile}, _senders={}, _servings={})

    def with_system(self, system: System) -> Configuration:
        """The same, with an entry for a sender."""
        return replace(self, systems={**self.systems, system.name: system}, _senders={}, _servings={})

    def get_node(self, name: str) -> SavedNode:
        """A saved node; NotFound if there is none of that name."""
        node = self.nodes.get(name)
        if node is None:
            raise NotFound(
                f"There is no node {name!r}.",
                where=name,
                hint="openworklist nodes list shows them; a node that is not saved is written HOST:PORT",
                code="node.not-found",
            )
        return node

    def has_profile(self, name: str) -> bool:
        return name in self.profiles or name in PRESETS

    def _resolve(self, application: str, facility: str) -> Sender:
        system = find_system(self.systems, application, facility)

        def find(message_type: str) -> Profile:
            wanted = system.find_profile(message_type) if system else ""
            code = message_type[:3].upper()
            if code in _OWN_PRESETS and not (system and any(each[:3] == code for each in system.profiles)):
                return preset(_OWN_PRESETS[code])
            for name in (wanted, self.options.default_profile):
                if name and self.has_profile(name):
                    return self.get_profile(name)
            return preset(Options().default_profile)

        return Sender(system, self.options, find, is_known=f"{application}|{facility}" in self.systems)


def using(profile: Profile) -> Callable[[], Configuration]:
    """The state in which that profile maps the messages of every sender."""
    configuration = Configuration(
        options=Options(default_profile=profile.name), profiles={profile.name: profile}
    )
    return lambda: configuration


def to_configuration(version: int, current: Iterable[Version]) -> Configuration:
    """The state of these documents."""
    options = Options()
    systems: dict[str, System] = {}
    profiles: dict[str, Profile] = {}
    filters: list[Filter] = []
    stations: list[StationRule | StationGroup] = []
    nodes: dict[str, SavedNode] = {}
    subscribers: list[Subscriber] = []
    scanners: dict[str, Scanner] = {}
    study_uids = StudyUids()
    problems: list[OpenWorklistError] = []
    for each in current:
        try:
            if each.kind == OPTION:
                options = change_option(options, each.name, each.document)
            elif each.kind == SYSTEM:
                systems[each.name] = to_system(each.name, each.document)
            elif each.kind == MAPPING:
                profiles[each.name] = to_profile(each.document)
            elif each.kind == FILTER:
                filters.append(to_filter(each.name, each.document))
            elif each.kind == STATION:
                stations.append(to_station(each.name, each.document))
            elif each.kind == NODE:
                nodes[each.name] = to_node(each.name, each.document)
            elif each.kind == SUBSCRIBER:
                subscribers.append(to_subscriber(each.name, each.document))
            elif each.kind == SCANNER:
                scanners[each.name] = to_scanner(each.name, each.document)
            elif each.kind == STUDY_UIDS:
                study_uids = to_study_uids(each.document)
        except OpenWorklistError as error:
            problems.append(error)
    found = Configuration(
        version,
        options,
        systems,
        profiles,
        in_order(filters),
        make_stations(stations),
        tuple(subscribers),
        scanners,
        study_uids,
        nodes,
    )
    missing = [
        NotFound(f"There is no mapping {name!r}.", where=where, hint="the default stands for it")
        for where, name in find_references(found)
        if not found.has_profile(name)
    ]
    return replace(found, problems=(*problems, *missing), _senders={}, _servings={})


def find_references(configuration: Configuration) -> Iterable[tuple[str, str]]:
    """Who names which profile: the system, subscriber or option, and the profile's name."""
    yield "default_profile", configuration.options.default_profile
    for subscriber in configuration.subscribers:
        if subscriber.profile:
            yield f"notify {subscriber.name}", subscriber.profile
    for system in configuration.systems.values():
        for name in {system.profile, *system.profiles.values()} - {""}:
            yield system.name, name
