"""Asks other worklists without keeping the loop waiting: each question has a thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

from openworklist.clients.dicom import Node
from openworklist.clients.dicom_question import Found, Terms
from openworklist.clients.stop import Stop
from openworklist.domain.errors import PeerError
from openworklist.domain.node import SavedNode
from openworklist.domain.repertoire import parse_repertoire
from openworklist.services.clerks import report
from openworklist.store.database import conclude

T = TypeVar("T")
_MOST: Final = 16  # questions under way: each has threads of its own
_GRACE: Final = 6.0  # seconds for a cancel, before a question is broken off


def to_peer(node: SavedNode) -> Node:
    return Node(
        node.host,
        node.port,
        node.ae_title,
        node.calling,
        node.timeout,
        node.tls,
        node.connect_timeout,
    )


def ask(
    node: SavedNode,
    keys: Mapping[str, str],
    *,
    limit: int = 0,
    on_answer: Callable[[int], None] | None = None,
    stop: Stop | None = None,
) -> Found:
    """Ask on this thread, on the node's terms; PeerError unless it answered to the end, or to the limit."""
    terms = Terms(total=node.total_timeout, limit=limit, assumed=node.assumed_charset, on_answer=on_answer)
    return to_peer(node).ask(keys, terms, charset=str(parse_repertoire(node.charset)), stop=stop)


class Asker:
    """Questions beside a running loop. Who cancels the task of one ends it at the node; `stop` ends all."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(_MOST)
        self._stops: set[Stop] = set()
        self._is_stopping = False

    async def find(
        self,
        node: SavedNode,
        keys: Mapping[str, str],
        *,
        limit: int = 0,
        on_answer: Callable[[int], None] | None = None,
    ) -> Found:
        """As `ask`; `on_answer` is told on the loop how many there are so far."""
        loop = asyncio.get_running_loop()
        stop = Stop()
        tell = _Teller(loop, on_answer).tell if on_answer else None
        return await self._run(partial(ask, node, keys, limit=limit, on_answer=tell, stop=stop), stop)

    async def echo(self, node: SavedNode) -> float:
        """Whether the node is there; the seconds that its answer took."""
        return await self._run(to_peer(node).echo, Stop())

    async def stop(self, drain_seconds: float = 5) -> None:
        """Ask nobody any more: what is under way is cancelled, then broken off."""
        self._is_stopping = True
        for stop in list(self._stops):
            stop.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(drain_seconds):
                while self._stops:
                    await asyncio.sleep(0.01)
        for stop in list(self._stops):
            stop.abort()

    async def _run(self, work: Callable[[], T], stop: Stop) -> T:
        async with self._slots:
            if self._is_stopping:
                raise PeerError("The server is stopping: nobody is asked any more.", code="peer.stopped")
            self._stops.add(stop)
            done = self._begin(work, stop)
            try:
                return await asyncio.shield(done)
            except asyncio.CancelledError:
                stop.cancel()
                with contextlib.suppress(TimeoutError, PeerError):
                    # A peer that heeds nothing is left to its thread, which ends by its time-outs.
                    await asyncio.wait_for(asyncio.shield(done), _GRACE)
                stop.abort()
                raise

    def _begin(self, work: Callable[[], T], stop: Stop) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def finish(result: T | BaseException) -> None:
            self._stops.discard(stop)
            conclude(done, result)
            if not done.cancelled():
                done.exception()  # whoever was cancelled does not look

        # Not of a pool: a node that is silent keeps no other waiting, nor the process from ending.
        threading.Thread(
            target=report, args=(loop, work, finish), name="openworklist-ask", daemon=True
        ).start()
        return done


class _Teller:
    """Hands counts to the loop, one at a time: 100,000 answers are not 100,000 calls."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_answer: Callable[[int], None]) -> None:
        self._loop = loop
        self._on_answer = on_answer
        self._count = 0
        self._is_waiting = False

    def tell(self, count: int) -> None:
        self._count = count
        if not self._is_waiting:
            self._is_waiting = True
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._pass_on)

    def _pass_on(self) -> None:
        self._is_waiting = False
        self._on_answer(self._count)
