"""The door for performed steps: every N-CREATE, N-SET and N-GET goes through it."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from openworklist.dicom.dataset import CHARSET, from_json, to_json
from openworklist.dicom.mpps import FINAL, SOP_CLASS, SOP_INSTANCE, check_create, check_set
from openworklist.dicom.performing import read_document, to_step
from openworklist.dicom.sop_classes import PERFORMED_STEP
from openworklist.domain.errors import StepError, StoreBusy
from openworklist.domain.performed import PerformedStep
from openworklist.domain.uids import is_valid_uid
from openworklist.observe.metrics import Metrics
from openworklist.services.clock import Clock, read_clock
from openworklist.services.configuration import Configuration
from openworklist.services.performing import Performed, perform
from openworklist.store.connection import Connection
from openworklist.store.database import Database, awrite
from openworklist.store.performed_steps import (
    expire_steps,
    find_head,
    find_step,
    insert_step,
    note_step,
    update_step,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
_DAY: Final = 86_400_000_000
_LONG: Final = 16_384  # bytes that are worth another thread
_TRIES: Final = 5  # of an N-SET, while others change the same step
_CHARSET_NOTE: Final = "some letters are none of its character set: read as best they could be"


class Got(NamedTuple):
    """The answer to an N-GET, and the attributes asked for that are not there."""

    dataset: bytes
    missing: tuple[int, ...]


class Steps:
    """All methods are for the loop's thread. What they return after is on disk.

    StepError says why something is refused, IdentifierError that a dataset cannot be read, StoreError that it
    could not be stored: the scanner may try again.
    """

    def __init__(
        self,
        database: Database,
        configuration: Callable[[], Configuration],
        metrics: Metrics,
        *,
        clock: Clock = read_clock,
        zone: tzinfo | None = None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._metrics = metrics
        self._clock = clock
        self._zone = zone
        self._wake = wake

    async def create(self, calling_ae: str, peer: str, uid: str, dataset: bytes, transfer_syntax: str) -> str:
        """Take up a performed step; its SOP Instance UID, made here where the scanner names none."""
        uid = uid or f"2.25.{uuid.uuid4().int}"
        if not is_valid_uid(uid):
            raise StepError("The SOP Instance UID is no UID.", code="step.invalid-instance")
        checks = self._configuration().options.mpps_checks
        step = await _aside(len(dataset), partial(_read_new, uid, dataset, transfer_syntax, checks))
        step = replace(step, calling_ae=calling_ae, peer=peer)
        done = await self._write(step, partial(self._create, step))
        self._tell(done, "a performed step began", "steps_created")
        return uid

    async def change(self, calling_ae: str, uid: str, dataset: bytes, transfer_syntax: str) -> None:
        """Take what an N-SET says of a step that is in progress."""
        checks = self._configuration().options.mpps_checks
        change, is_whole = await _aside(len(dataset), partial(to_json, dataset, transfer_syntax))
        for _ in range(_TRIES):
            stored = await self._database.aread(partial(find_step, uid=uid))
            if stored is None:
                raise _unknown()
            if stored.state.is_final:
                raise StepError("Performed Procedure Step Object may no longer be updated.", code=FINAL)
            step = await _aside(len(dataset) + len(stored.document), partial(_merge, stored, change, checks))
            if not is_whole:
                step = replace(step, notes=(*step.notes, _CHARSET_NOTE))
            if calling_ae != stored.calling_ae:
                step = replace(step, notes=(*step.notes, f"changed by {calling_ae}"))
            done = await self._write(step, partial(self._change, step))
            if done is not None:
                self._tell(done, "a performed step was changed", "steps_changed")
                return
        raise StoreBusy("The performed step is being changed by others all the time.")

    async def get(self, uid: str, tags: Sequence[int], transfer_syntax: str) -> Got:
        """The attributes of a step that were asked for; all where none is named."""
        step = await self._database.aread(partial(find_step, uid=uid))
        if step is None:
            raise _unknown()
        got = await _aside(len(step.document), partial(_write_out, step, tags, transfer_syntax))
        self._metrics.count("steps_read")
        return got

    def _create(self, step: PerformedStep, connection: Connection) -> Performed:
        connection.lock(f"step {step.uid}")
        if find_head(connection, step.uid) is not None:
            raise StepError("There is a performed step of this UID.", code="step.duplicate")
        now = self._clock()
        step = replace(step, created_at=now, updated_at=now, version=1)
        step = replace(step, id=insert_step(connection, step))
        done = self._perform(connection, step)
        note_step(connection, done.step)
        return done

    def _change(self, step: PerformedStep, connection: Connection) -> Performed | None:
        """None if another change came in between."""
        connection.lock(f"step {step.uid}")
        head = find_head(connection, step.uid)
        if head is None:
            raise _unknown()
        if head[1] != step.version:
            return None
        step = replace(step, version=step.version + 1, updated_at=self._clock())
        done = self._perform(connection, step)
        update_step(connection, done.step)
        return done

    def _perform(self, connection: Connection, step: PerformedStep) -> Performed:
        return perform(connection, step, self._configuration(), zone=self._zone)

    async def _write(self, step: PerformedStep, change: Callable[[Connection], T]) -> T:
        return await awrite(self._database, change, lane=f"step {step.uid}")

    def _tell(self, done: Performed, event: str, counter: str) -> None:
        step = done.step
        self._metrics.count(counter)
        if not step.records:
            self._metrics.count("steps_unscheduled")
        if done.notices:
            self._metrics.count("notices_put", done.notices)
            self._wake()
        if done.failed:
            self._metrics.count("notices_failed", len(done.failed))
        records = " ".join(str(number) for number in dict.fromkeys(step.records.values()))
        log.info(
            event,
            extra={"calling": step.calling_ae, "step": step.id, "state": step.state, "records": records},
        )


def _read_new(uid: str, dataset: bytes, transfer_syntax: str, checks: str) -> PerformedStep:
    document, is_whole = to_json(dataset, transfer_syntax)
    notes = check_create(document, checks)
    return to_step(uid, document, notes if is_whole else (*notes, _CHARSET_NOTE))


def _merge(stored: PerformedStep, change: Mapping[str, Any], checks: str) -> PerformedStep:
    merged, notes = check_set(read_document(stored), change, checks)
    step = to_step(stored.uid, merged, (*stored.notes, *notes))
    return replace(
        step,
        id=stored.id,
        version=stored.version,
        calling_ae=stored.calling_ae,
        peer=stored.peer,
        created_at=stored.created_at,
        records=stored.records,
    )


def _write_out(step: PerformedStep, tags: Sequence[int], transfer_syntax: str) -> Got:
    document = read_document(step) | _name(step)
    if not tags:
        return Got(from_json(document, transfer_syntax), ())
    wanted = {f"{tag:08X}" for tag in tags} - {CHARSET}
    found = {key: element for key, element in document.items() if key in wanted}
    missing = tuple(sorted(int(key, 16) for key in wanted - found.keys()))
    return Got(from_json(found, transfer_syntax), missing)


def _name(step: PerformedStep) -> dict[str, Any]:
    """SOP Class and Instance UID: those of the N-CREATE's command, whatever a dataset says they are."""
    uids = {SOP_CLASS: PERFORMED_STEP, SOP_INSTANCE: step.uid}
    return {f"{tag:08X}": {"vr": "UI", "Value": [uid]} for tag, uid in uids.items()}


async def _aside(size: int, work: Callable[[], T]) -> T:
    """Do work at once, or on another thread where there is much of it."""
    if size < _LONG:
        return work()
    return await asyncio.get_running_loop().run_in_executor(None, work)


def _unknown() -> StepError:
    return StepError("There is no performed step of this UID.", code="step.unknown")


def expire_steps_batch(database: Database, now: int, days: float, batch: int) -> int:
    """Forget some of which nothing was heard for so long; fewer than `batch` are the last."""
    cutoff = now - int(days * _DAY)
    return database.write(lambda connection: expire_steps(connection, cutoff, batch))
