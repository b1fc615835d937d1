"""What open pages are told: the names of what has changed, by whichever process on this database."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Self

from openworklist.domain.errors import AccessError, StoreError
from openworklist.store.database import Database
from openworklist.store.pulse import Pulse, find_pulse

log = logging.getLogger(__name__)

_SECONDS: Final = 0.25
MOST: Final = 1_000  # subscriptions at once
MOST_OF_ONE: Final = 200  # of one owner: of a name that a whole department shares
NAMES: Final = Pulse._fields
TROUBLE: Final = "trouble"  # the database cannot be read; "records" follows when it can again


class Subscription:
    """The names that are new since the last one was taken, each once however often it changed.

    It ends when it is closed, or all are.
    """

    def __init__(self, events: Events, owner: str = "") -> None:
        self.owner = owner
        self._events = events
        self._pending: dict[str, None] = {}
        self._news = asyncio.Event()
        self._is_closed = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        while not self._pending:
            if self._is_closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        name = next(iter(self._pending))
        del self._pending[name]
        return name

    def put(self, name: str) -> None:
        """Have a name told; nothing grows where nobody takes it."""
        if not self._is_closed:
            self._pending[name] = None
            self._news.set()

    def close(self) -> None:
        self._events.forget(self)
        self._is_closed = True
        self._pending.clear()
        self._news.set()


class Events:
    """Looks at the database while somebody is subscribed. Its methods belong to the loop's thread.

    A subscription may begin with names of what changed shortly before it: nothing between a page's data and
    its subscription is missed.
    """

    def __init__(self, database: Database, *, interval: float = _SECONDS) -> None:
        self._database = database
        self._interval = interval
        self._subscriptions: set[Subscription] = set()
        self._task: asyncio.Task[None] | None = None
        self._pulse: Pulse | None = None
        self._is_troubled = False
        self._is_stopped = False

    @property
    def subscribers(self) -> int:
        return len(self._subscriptions)

    def check_room(self, owner: str) -> None:
        """AccessError if there are so many subscriptions, in all or of this owner, that no more are taken."""
        own = sum(each.owner == owner for each in self._subscriptions)
        if len(self._subscriptions) >= MOST or own >= MOST_OF_ONE:
            raise AccessError(
                "Too many streams of events are open.",
                hint="close those that nobody reads",
                code="access.too-many-streams",
            )

    def subscribe(self, owner: str = "") -> Subscription:
        """A subscription, which its owner closes; after `stop` it has ended already."""
        subscription = Subscription(self, owner)
        if self._is_stopped:
            subscription.close()
            return subscription
        self._subscriptions.add(subscription)
        if self._task is None:
            self._task = asyncio.create_task(self._follow())
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Called by a subscription that is closed."""
        self._subscriptions.discard(subscription)

    async def stop(self) -> None:
        """End all subscriptions."""
        self._is_stopped = True
        for subscription in list(self._subscriptions):
            subscription.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _follow(self) -> None:
        try:
            while self._subscriptions:
                await self._look()
                await asyncio.sleep(self._interval)
        finally:
            self._task = None

    async def _look(self) -> None:
        try:
            pulse = await self._database.aread(find_pulse)
        except StoreError as error:
            self._tell_trouble(error)
            return
        if self._is_troubled:
            self._is_troubled = False
            self._tell("records")
        before, self._pulse = self._pulse, pulse
        for name in NAMES:
            if before is None or getattr(before, name) != getattr(pulse, name):
                self._tell(name)

    def _tell_trouble(self, error: StoreError) -> None:
        if not self._is_troubled:
            self._is_troubled = True
            log.warning("open pages are told of no changes", extra={"error": error.sentence})
            self._tell(TROUBLE)

    def _tell(self, name: str) -> None:
        for subscription in self._subscriptions:
            subscription.put(name)
