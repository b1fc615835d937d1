"""Asks saved nodes by their schedule, beside a running server, and takes in what they answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import partial
from typing import Any, Final

from openworklist.clients.dicom_question import Found
from openworklist.domain.errors import OpenWorklistError, StoreError
from openworklist.domain.node import SavedNode
from openworklist.domain.retry import Retry
from openworklist.observe.metrics import Metrics
from openworklist.services.asking import Asker
from openworklist.services.clock import Clock, read_clock
from openworklist.services.importing import Asked, Importer, Taken, count, fold, to_scope
from openworklist.services.vanishing import Vanishing
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.node_states import (
    NodeState,
    claim_node,
    extend_lease,
    find_state,
    find_states,
    release_all,
    save_state,
)
from openworklist.store.worklist_entries import expire_entries

log = logging.getLogger(__name__)

_SECOND: Final = 1_000_000
_MARGIN: Final = 120  # seconds of a lease beyond the question: for the database, and between two extensions
_EXTENDED: Final = 50  # entries taken in between two extensions
_LONGEST_PAUSE: Final = 3_600.0  # seconds between two tries of a node that fails
_JITTER: Final = 0.1  # of an interval
_KEPT: Final = 30 * 86_400 * _SECOND  # that an entry is remembered which nobody answers


class Schedule:
    """Looks every `interval` seconds which nodes are due. Of two servers on one database one asks."""

    def __init__(
        self,
        database: Database,
        asker: Asker,
        importer: Importer,
        find_nodes: Callable[[], Mapping[str, SavedNode]],
        zone: tzinfo | None,
        metrics: Metrics,
        *,
        interval: float = 2,
        clock: Clock = read_clock,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._asker = asker
        self._importer = importer
        self._vanishing = Vanishing(database)
        self._find_nodes = find_nodes
        self._zone = zone
        self._metrics = metrics
        self._interval = interval
        self._clock = clock
        self._jitter = jitter
        self._owner = uuid.uuid4().hex
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self, drain_seconds: float = 5) -> None:
        """Ask nobody any more; what is under way is cancelled, and asked again after the next start."""
        if self._task is None:
            return
        for task in (self._task, *self._busy.values()):
            task.cancel()
        await asyncio.wait({self._task, *self._busy.values()}, timeout=drain_seconds)

    async def _run(self) -> None:
        if not self._database.is_shared:
            # What a server that was killed held is ours.
            await self._patiently(partial(self._database.write, release_all))
        while True:
            nodes = {name: node for name, node in self._find_nodes().items() if node.interval}
            if nodes:
                states = await self._patiently(partial(self._database.read, find_states))
                for name, node in nodes.items():
                    state = (states or {}).get(name, NodeState(name))
                    now = self._clock()
                    if name not in self._busy and state.next_at <= now and state.is_free(self._owner, now):
                        self._begin(node)
            await asyncio.sleep(self._interval)

    async def _patiently(self, step: Callable[[], Any]) -> Any:
        """Run a step on another thread; what the database refuses is tried again with the next look."""
        try:
            return await asyncio.get_running_loop().run_in_executor(None, step)
        except StoreError as error:
            log.warning("the schedule of nodes cannot be read", extra={"code": error.code})

    def _begin(self, node: SavedNode) -> None:
        task = self._busy[node.name] = asyncio.create_task(self._go_round(node))
        task.add_done_callback(lambda _: self._busy.pop(node.name, None))

    async def _go_round(self, node: SavedNode) -> None:
        """Ask a node if it is still due and no other server does."""
        loop = asyncio.get_running_loop()
        try:
            claimed = await loop.run_in_executor(None, self._claim, node)
            if claimed is None:
                return
            try:
                result = await self._ask(node, claimed.asked_at)
            except asyncio.CancelledError:
                with contextlib.suppress(StoreError):
                    await asyncio.shield(loop.run_in_executor(None, self._give_back, claimed))
                raise
            except OpenWorklistError as error:
                self._metrics.count("nodes_failed")
                await loop.run_in_executor(None, self._fail, node, error)
            else:
                for name, metric in _METRICS.items():
                    if result.get(name):
                        self._metrics.count(metric, result[name])
                await loop.run_in_executor(None, self._settle, node, result)
        except StoreError as error:
            log.warning("a node was asked in vain", extra={"node": node.name, "code": error.code})
        except Exception as error:
            # The edge: a fault of ours with one node keeps no other from being asked.
            log.error("asking a node failed", extra={"node": node.name, "error": type(error).__name__})
            log.debug("the error", exc_info=error)
            self._metrics.count("nodes_failed")
            # Its lease lasts on: it is asked again when that ends, and not at once for ever.

    def _claim(self, node: SavedNode) -> NodeState | None:
        now = self._clock()
        until = now + int((node.total_timeout + _MARGIN) * _SECOND)
        return self._database.write(
            partial(claim_node, node=node.name, owner=self._owner, now=now, until=until)
        )

    async def _ask(self, node: SavedNode, asked_at: int) -> dict[str, int]:
        today = datetime.fromtimestamp(asked_at / _SECOND, self._zone).date()
        keys, days = node.make_keys(today), node.find_days(today)
        self._metrics.count("nodes_asked")
        found = await self._asker.find(node, keys, limit=node.limit)
        asked = Asked(node.name, node.address, asked_at, to_scope(keys))
        work = partial(self._take, node, asked, found, days)
        return await asyncio.get_running_loop().run_in_executor(None, work)

    def _take(self, node: SavedNode, asked: Asked, found: Found, days: tuple[str, str]) -> dict[str, int]:
        taken = self._importer.take(asked, found.entries, on_entry=partial(self._extend, node))
        result = {"answers": found.answers, **count(taken)}
        if found.is_limited:
            log.warning(
                "a node has more entries than are taken", extra={"node": node.name, "limit": node.limit}
            )
        if found.unreadable:
            log.warning("answers that cannot be read", extra={"node": node.name, "answers": found.unreadable})
            result["unreadable"] = found.unreadable
        if found.is_complete:
            ended, missing = self._vanishing.end(asked, fold(found.entries).keys(), days, node.vanished)
            result |= {"ended": ended, "missing": missing}
        self._database.write(partial(expire_entries, cutoff=asked.asked_at - _KEPT))
        self._note(node, taken, result)
        return result

    def _extend(self, node: SavedNode, number: int) -> None:
        if number % _EXTENDED:
            return
        until = self._clock() + int(_MARGIN * _SECOND)
        if not self._database.write(partial(extend_lease, node=node.name, owner=self._owner, until=until)):
            raise StoreError("Another server asks the node now.", code="node.taken-over")

    def _note(self, node: SavedNode, taken: list[Taken], result: Mapping[str, int]) -> None:
        changed = sum(result.get(name, 0) for name in ("create", "update", "ended", "refused"))
        level = logging.INFO if changed else logging.DEBUG
        log.log(level, "a node was asked", extra={"node": node.name, **result})

    def _settle(self, node: SavedNode, result: dict[str, int]) -> None:
        now = self._clock()
        pause = node.interval * (1 - _JITTER * self._jitter())

        def write(connection: Connection) -> None:
            state = self._find_own(connection, node)
            if state is not None:
                save_state(
                    connection,
                    NodeState(
                        node.name,
                        asked_at=state.asked_at,
                        next_at=now + int(pause * _SECOND),
                        result=json.dumps(result),
                        answered_at=now,
                    ),
                )

        self._database.write(write)

    def _fail(self, node: SavedNode, error: OpenWorklistError) -> None:
        now = self._clock()
        retry = Retry(first=node.interval, cap=max(node.interval, _LONGEST_PAUSE))

        def write(connection: Connection) -> int:
            state = self._find_own(connection, node)
            if state is None:
                return 0
            failures = state.failures + 1
            pause = retry.pause(failures, self._jitter())
            save_state(
                connection,
                state._replace(
                    leased_by="",
                    leased_until=0,
                    next_at=now + int(pause * _SECOND),
                    failures=failures,
                    error_code=error.code,
                    error=error.sentence,
                ),
            )
            return failures

        failures = self._database.write(write)
        level = logging.WARNING if failures == 1 else logging.INFO
        about = {"node": node.name, "code": error.code, "failures": failures}
        log.log(level, "a node could not be asked", extra=about)

    def _give_back(self, claimed: NodeState) -> None:
        def write(connection: Connection) -> None:
            state = find_state(connection, claimed.node)
            if state.leased_by == self._owner:
                save_state(connection, state._replace(leased_by="", leased_until=0, next_at=0))

        self._database.write(write)

    def _find_own(self, connection: Connection, node: SavedNode) -> NodeState | None:
        """Its state, unless another server has taken it over."""
        connection.lock(f"node {node.name}")
        state = find_state(connection, node.name)
        return state if state.leased_by == self._owner else None


_METRICS: Final = {
    "create": "node_entries_created",
    "update": "node_entries_updated",
    "refused": "node_entries_refused",
    "ended": "node_entries_ended",
}
