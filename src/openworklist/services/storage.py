"""The door for instances: every C-STORE goes through it. What it answers for is on disk and in the index."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from openworklist.domain.errors import InstanceError, StoreError, StoreFull
from openworklist.domain.instance import NEWEST, Instance, Sender, StoredInstance, is_stored_uid
from openworklist.domain.options import Options
from openworklist.observe.metrics import Metrics
from openworklist.observe.peer_log import PeerLog
from openworklist.services.clerks import Clerks
from openworklist.services.clock import Clock, read_clock
from openworklist.services.incoming import Incoming
from openworklist.store.connection import Connection
from openworklist.store.database import Database, awrite
from openworklist.store.studies import add_instance, find_instance, replace_instance
from openworklist.store.study_files import Draft, StudyFiles, uids_of

log = logging.getLogger(__name__)

T = TypeVar("T")
_THREADS: Final = 8  # that wait for the disk
_SOON: Final = 0.05  # seconds: one turn of a thread then tidies up behind many instances
_MEGABYTE: Final = 1024 * 1024
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))


class _Place:
    """Who brings one instance just now: several wait for each other."""

    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


class Storage:
    """All methods are for the loop's thread."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        find_options: Callable[[], Options],
        metrics: Metrics,
        *,
        clock: Clock = read_clock,
    ) -> None:
        self._database = database
        self._files = StudyFiles(folder)
        self._find_options = find_options
        self._metrics = metrics
        self.read_clock = clock
        self._keeping = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._log = PeerLog(log)
        self._clerks = Clerks("openworklist-studies", _THREADS)
        self._places: dict[str, _Place] = {}
        self._tidying: list[Callable[[], None]] = []

    @property
    def is_on(self) -> bool:
        return self._find_options().storage

    async def start(self) -> None:
        """Do away with what a crash left half done."""
        try:
            await self.run(self._clean)
        except StoreError as error:
            # Scanners want their worklist all the same.
            log.error("what was left of instances under way cannot be removed", extra={"error": str(error)})

    async def stop(self) -> None:
        """End once what is being stored is stored."""
        await self._is_idle.wait()
        self._tidy()
        await self._clerks.end()

    def open(
        self, sender: Sender, uid: str, sop_class: str, transfer_syntax: str, resume: Callable[[], None]
    ) -> Incoming:
        """Begin to take an instance. `resume` is called when there is room again after `is_full`."""
        options = self._find_options()
        problem = None
        if not is_stored_uid(uid):
            problem = InstanceError("The SOP Instance UID of the command is no UID.", tag=0x0000_1000)
        return Incoming(
            self,
            sender,
            uid,
            sop_class,
            transfer_syntax,
            resume,
            longest=options.storage_max_size * _MEGABYTE,
            problem=problem,
        )

    def begin(self, instance: Instance | None) -> Draft:
        """A file for what comes, on a thread."""
        return self._files.begin(self._find_options().storage_keep_free * _MEGABYTE, instance)

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Do what waits for the disk on a thread. StoreFull if that is full."""
        try:
            return await self._clerks.do(partial(work, *arguments))
        except OSError as error:
            raise _to_store_error(error) from error

    async def keep(self, incoming: Incoming, instance: Instance) -> None:
        """Store an instance that has come whole. If something is raised, nothing of it is left."""
        self._keeping += 1
        self._is_idle.clear()
        try:
            async with self._taking(instance.uid):
                try:
                    await self._keep(incoming, instance)
                except BaseException:
                    await self._take_back(incoming.draft, instance.uid)
                    raise
        finally:
            self._keeping -= 1
            if not self._keeping:
                self._is_idle.set()

    def discard(self, draft: Draft) -> None:
        """Do away with one that has no place."""
        self._later(draft.discard)

    async def _keep(self, incoming: Incoming, instance: Instance) -> None:
        draft, has_place = await self.run(_complete, incoming, incoming.take(), instance)
        if has_place:
            known = await self._index(draft, instance)
        else:
            known = await self._database.aread(partial(find_instance, uid=instance.uid))
            if known is None:
                await self._take_stray_place(draft, instance)
        if known is not None:
            await self._judge(draft, instance, known)
            return
        self._metrics.count("instances_stored")
        self._metrics.count("instances_bytes", instance.size)
        self._later(draft.forget)

    async def _index(self, draft: Draft, instance: Instance) -> StoredInstance | None:
        """What is known of it already; else it is in the index now."""
        change = partial(add_instance, instance=instance, file=draft.published)
        return await self._write(change, instance)

    async def _take_stray_place(self, draft: Draft, instance: Instance) -> None:
        """Its place has a file that the index does not know: one that could not be taken back."""
        await self.run(self._files.remove_stray, instance)
        await self.run(draft.publish, instance)
        await self._index(draft, instance)

    async def _judge(self, draft: Draft, instance: Instance, known: StoredInstance) -> None:
        """It is there already: the same, or another content of which one stays."""
        if draft.published == known.file:
            # The file was lost: somebody removed it from the disk.
            await self._write(
                partial(replace_instance, number=known.id, instance=instance, file=known.file), instance
            )
            self._metrics.count("instances_replaced")
            self._later(draft.forget)
            return
        is_there = await self.run(self._files.is_there, known.file, known.size)
        is_alike = (known.size, known.transfer_syntax) == (instance.size, instance.transfer_syntax)
        if is_there and is_alike and await self.run(draft.is_same, known.file, known.size):
            self._metrics.count("instances_repeated")
            await self._give_up(draft)
            return
        keeps_first = self._find_options().storage_duplicates != NEWEST
        self._log.write(
            logging.WARNING,
            "instance came again with another content",
            instance.peer,
            calling=instance.calling_ae,
            kept="first" if is_there and keeps_first else "newest",
        )
        if is_there and keeps_first:
            self._metrics.count("instances_not_replaced")
            await self._give_up(draft)
            return
        await self.run(partial(draft.publish, instance, beside=True))
        change = partial(replace_instance, number=known.id, instance=instance, file=draft.published)
        await self._write(change, instance)
        self._metrics.count("instances_replaced")
        self._later(partial(_replace, self._files, known.file, draft))

    async def _take_back(self, draft: Draft | None, uid: str) -> None:
        """Do away with what could not be stored, unless the database stored it nevertheless."""
        if draft is None:
            return
        if draft.published:
            try:
                known = await self._database.aread(partial(find_instance, uid=uid))
            except StoreError:
                return  # the next start asks again
            if known is not None and known.file == draft.published:
                self._later(draft.forget)
                return
        await self._give_up(draft)

    async def _give_up(self, draft: Draft) -> None:
        """Do away with it before its instance can come again, which may be given the same place."""
        with contextlib.suppress(StoreError):
            await self.run(draft.discard)

    async def _write(self, change: Callable[[Connection], T], instance: Instance) -> T:
        return await awrite(self._database, change, lane=f"study {instance.study_uid}")

    @asynccontextmanager
    async def _taking(self, uid: str) -> AsyncIterator[None]:
        """Let others wait who bring the same instance."""
        place = self._places.setdefault(uid, _Place())
        place.users += 1
        try:
            async with place.lock:
                yield
        finally:
            place.users -= 1
            if not place.users:
                del self._places[uid]

    def _later(self, work: Callable[[], None]) -> None:
        """Tidy up with what else is to be tidied up by then; what is left is at the next start."""
        if not self._tidying:
            asyncio.get_running_loop().call_later(_SOON, self._tidy)
        self._tidying.append(work)

    def _tidy(self) -> None:
        works, self._tidying = self._tidying, []
        if works:
            self._clerks.submit(partial(_do_all, works), _forget)

    def _clean(self) -> None:
        left = self._files.find_left()
        for each in left:
            named = uids_of(each)
            known = self._database.read(partial(find_instance, uid=named[2])) if named else None
            self._files.clean(each, known.file if known is not None else None)
        if left:
            log.info("what was left of instances under way was removed", extra={"files": len(left)})


def _complete(incoming: Incoming, parts: list[bytes], instance: Instance) -> tuple[Draft, bool]:
    draft = incoming.put(parts, instance)
    return draft, draft.publish(instance)


def _forget(_: object) -> None:
    """What is left is tidied up by the next start."""


def _do_all(works: Iterable[Callable[[], None]]) -> None:
    for work in works:
        with contextlib.suppress(OSError):
            work()


def _replace(files: StudyFiles, before: str, draft: Draft) -> None:
    files.remove(before)
    draft.forget()


def _to_store_error(error: OSError) -> StoreError:
    if error.errno in _FULL:
        return StoreFull("The disk of the studies is full.")
    return StoreError(f"A file of a study cannot be written: {error.strerror}.")
