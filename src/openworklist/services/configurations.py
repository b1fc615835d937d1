"""Reads and changes what is set up: the state that counts now, and every version of what it is made of."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from openworklist.domain.errors import NotFound, RequestError, SettingsError, StoreError
from openworklist.domain.filters import from_document as to_filter
from openworklist.domain.options import Options, change_option
from openworklist.domain.station_documents import from_document as to_station
from openworklist.domain.stations import find_problems
from openworklist.domain.system import System, from_document, to_document
from openworklist.hl7.ack import Header
from openworklist.hl7.profile import PRESETS, Profile
from openworklist.hl7.profile_json import from_json as to_profile
from openworklist.services.background import Background
from openworklist.services.clock import Clock, read_clock
from openworklist.services.configuration import (
    FILTER,
    MAPPING,
    OPTION,
    STATION,
    SYSTEM,
    Configuration,
    find_references,
    to_configuration,
)
from openworklist.store.configuration import (
    Version,
    find_current,
    find_newest_version,
    find_versions,
    insert_version,
)
from openworklist.store.connection import Connection
from openworklist.store.database import Database

log = logging.getLogger(__name__)

_SECOND: Final = 1.0
_RULES: Final = {FILTER: to_filter, STATION: to_station}
LONGEST_NAME: Final = 200  # of a sender that is noted by itself
_MOST_SEEN: Final = 1_000  # senders noted by themselves: one that invents names must not fill the database


class Configurations:
    """Holds the state that counts now; every change is on disk before it counts."""

    def __init__(self, database: Database, *, clock: Clock = read_clock, interval: float = _SECOND) -> None:
        self._database = database
        self._clock = clock
        self._interval = interval
        self._current = database.read(load)
        self._noted: set[str] = set()
        self._changed: Callable[[Configuration], None] = lambda configuration: None
        self._told = self._current
        self._news = asyncio.Event()
        self._wake: Callable[[], object] = lambda: None
        self._background = Background(self._follow)
        self._tell_problems()

    def current(self) -> Configuration:
        return self._current

    def acknowledges(self, header: Header) -> bool:
        """Whether the sender of a message is to be answered."""
        return self._current.find_sender(header.field(3), header.field(4)).acknowledges

    def refresh(self) -> Configuration:
        """Read what another process changed since; cheap if it is nothing."""
        if self._database.read(find_newest_version) != self._current.version:
            self._take(self._database.read(load))
            self._tell_problems()
        return self._current

    def _take(self, configuration: Configuration) -> None:
        """Have it count, unless a newer one does already, which another thread has read."""
        if configuration.version >= self._current.version:
            self._current = configuration

    def _tell_problems(self) -> None:
        for problem in self._current.problems:
            log.warning("what was set up cannot be used", extra={"error": problem})

    def start(self, changed: Callable[[Configuration], None]) -> None:
        """Follow what people and other processes change; `changed` gets each new state, on this loop."""
        self._changed = changed
        # Changes are made on other threads; an event belongs to the loop's.
        self._wake = partial(asyncio.get_running_loop().call_soon_threadsafe, self._news.set)
        self._background.start()

    async def stop(self) -> None:
        self._wake = lambda: None
        await self._background.stop()

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), self._interval)
            self._news.clear()
            with contextlib.suppress(StoreError):  # health tells of it
                await loop.run_in_executor(None, self.refresh)
            if self._current is not self._told:
                self._told = self._current
                self._noted.intersection_update(self._told.systems)  # who was forgotten is noted anew
                self._changed(self._told)

    def find_versions(self, kind: str, name: str) -> list[Version]:
        """All versions of an option, a system or a mapping, the first one first."""
        return self._database.read(lambda connection: find_versions(connection, kind, name))

    def set_option(self, name: str, value: object, actor: str) -> Configuration:
        """SettingsError if there is no such option, or it cannot be that."""

        def change(configuration: Configuration) -> Any:
            options = change_option(configuration.options, name, value)
            if not configuration.has_profile(options.default_profile):
                raise no_mapping(options.default_profile)
            return getattr(options, name)

        return self.change(OPTION, name, change, actor)

    def reset_option(self, name: str, actor: str) -> Configuration:
        """Back to its default."""
        change_option(Options(), name, getattr(Options(), name, None))
        return self.change(OPTION, name, lambda _: None, actor)

    def save_system(self, system: System, actor: str, note: str = "") -> Configuration:
        """SettingsError if it names a mapping that there is not, or a character set that nobody knows."""

        def change(configuration: Configuration) -> Any:
            document = to_document(system)
            from_document(system.name, document)
            for name in {system.profile, *system.profiles.values()} - {""}:
                if not configuration.has_profile(name):
                    raise no_mapping(name)
            return document

        return self.change(SYSTEM, system.name, change, actor, note)

    def delete_system(self, name: str, actor: str) -> Configuration:
        """Forget a sender; its next message notes it as new."""

        def change(configuration: Configuration) -> Any:
            if name not in configuration.systems:
                raise NotFound(f"There is no system {name!r}.", code="system.not-found")

        self._noted.discard(name)
        return self.change(SYSTEM, name, change, actor)

    def find_rules(self, kind: str) -> list[tuple[str, Any]]:
        """The filters, or the station rules and groups, with their documents, in the order of their names."""
        current = self._database.read(find_current)
        return [(each.name, each.document) for each in current if each.kind == kind]

    def save_rule(self, kind: str, name: str, document: Any, actor: str) -> tuple[str, ...]:
        """Store a filter, or a station rule or group; SettingsError names what is wrong with it.

        What is odd about the station rules then, like a name that is no group and no AE title.
        """
        _RULES[kind](name, document)
        configuration = self.change(kind, name, lambda _: document, actor)
        return find_problems(configuration.stations) if kind == STATION else ()

    def delete_rule(self, kind: str, name: str, actor: str) -> Configuration:
        def change(_: Configuration) -> None:
            versions = self.find_versions(kind, name)
            if not versions or versions[-1].document is None:
                raise NotFound(f"There is no {kind} {name!r}.", where=name, code="rule.not-found")

        return self.change(kind, name, change, actor)

    def note_sender(self, application: str, facility: str) -> None:
        """Remember a sender that was never seen before; it is to be confirmed by somebody."""
        name = f"{application}|{facility}"
        if name in self._noted or not name.strip("|") or "*" in name:
            return
        if len(self._noted) >= _MOST_SEEN or len(name) > LONGEST_NAME:
            return
        self._noted.add(name)
        self._database.submit(
            lambda connection: self._note(connection, name), self._finish_noting, lane="configuration"
        )

    def _note(self, connection: Connection, name: str) -> bool:
        connection.lock("configuration")
        configuration = load(connection)
        unconfirmed = sum(not system.is_confirmed for system in configuration.systems.values())
        if name in configuration.systems or unconfirmed >= _MOST_SEEN:
            return False
        application, _, facility = name.partition("|")
        document = to_document(System(application, facility))
        insert_version(
            connection, SYSTEM, name, document, at=self._clock(), actor=f"hl7:{name}", note="first message"
        )
        return True

    def _finish_noting(self, result: bool | Exception) -> None:
        if isinstance(result, Exception):
            self._noted.clear()  # the next message tries again
        elif result:
            log.info("a new system sends messages")

    def change(
        self,
        kind: str,
        name: str,
        change: Callable[[Configuration], Any],
        actor: str,
        note: str = "",
        *,
        expected: int | None = None,
    ) -> Configuration:
        """Store the document that `change` makes of what counts now, None to delete; what counts then.

        RequestError unless there are `expected` versions of it, where that is said.
        """

        def write(connection: Connection) -> Configuration:
            connection.lock("configuration")
            if expected is not None:
                _check_versions(len(find_versions(connection, kind, name)), expected)
            document = change(load(connection))
            insert_version(connection, kind, name, document, at=self._clock(), actor=actor, note=note)
            return load(connection)

        changed = self._database.write(write)
        self._take(changed)
        self._wake()
        return changed

    def save_mapping(
        self, document: Any, actor: str, note: str = "", *, expected: int | None = None
    ) -> Profile:
        """Store a profile under its name, as its newest version; MappingError names what is wrong with it.

        RequestError unless it has `expected` versions, where that is said.
        """
        profile = to_profile(document)
        self.change(MAPPING, profile.name, lambda _: document, actor, note, expected=expected)
        return profile

    def delete_mapping(self, name: str, actor: str) -> Configuration:
        """SettingsError while something uses it; a preset that was changed is as it came again."""

        def change(configuration: Configuration) -> None:
            if name not in configuration.profiles:
                raise NotFound(f"There is no mapping {name!r} of this site.", code="mapping.not-found")
            users = sorted(where for where, used in find_references(configuration) if used == name)
            if users and name not in PRESETS:
                raise SettingsError(
                    f"The mapping {name} is used by {', '.join(users)}.",
                    where=name,
                    hint="give them another one first",
                    code="mapping.in-use",
                )

        return self.change(MAPPING, name, change, actor)

    def restore_mapping(self, name: str, number: int, actor: str) -> Profile:
        """Bring a version back, counted from 1, on top of all others; NotFound if there is none such."""
        versions = self.find_versions(MAPPING, name)
        if not 1 <= number <= len(versions) or versions[number - 1].document is None:
            raise NotFound(
                f"The mapping {name} has no version {number}.",
                hint=f"openworklist mapping versions {name} shows them",
                code="mapping.not-found",
            )
        return self.save_mapping(versions[number - 1].document, actor, f"version {number} brought back")


def _check_versions(version: int, expected: int) -> None:
    if version != expected:
        raise RequestError(
            f"It was changed by somebody else meanwhile: it is at version {version}.",
            where="If-Match",
            hint="look at what it is now, then change it",
            code="request.version-changed",
        )


def no_mapping(name: str) -> NotFound:
    """What is said where somebody names a mapping that there is not."""
    return NotFound(
        f"There is no mapping {name!r}.",
        where=name,
        hint="openworklist mapping list shows them",
        code="mapping.not-found",
    )


def load(connection: Connection) -> Configuration:
    """What counts now, as it is stored."""
    return to_configuration(find_newest_version(connection), find_current(connection))
