"""One connection on the DICOM port: an association's events in, its answers out, with bounds on both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Final, cast

from openworklist.dicom.association import Association
from openworklist.dicom.dimse import encode_response
from openworklist.dicom.events import (
    Aborted,
    AssociationRequested,
    CancelReceived,
    CommandReceived,
    Event,
    PartReceived,
    ReleaseRequested,
    StoreBegun,
)
from openworklist.dicom.messages import IDENTIFIER_TOO_LONG
from openworklist.dicom.pdu import Bytes
from openworklist.dicom.status import Status
from openworklist.dicom.stream import PDU_TOO_LONG
from openworklist.domain.errors import PeerError
from openworklist.listeners.binding import show
from openworklist.listeners.dicom_operations import perform, store
from openworklist.listeners.dicom_question import Question
from openworklist.listeners.dicom_queue import Asked, Queue
from openworklist.listeners.dicom_step import StepRequest
from openworklist.listeners.dicom_store import Storing
from openworklist.listeners.dicom_timers import TimeOut, Timers
from openworklist.listeners.tls_words import TLS_ON_THE_PLAIN_PORT, is_client_hello

if TYPE_CHECKING:
    from openworklist.listeners.dicom import DicomListener

log = logging.getLogger("openworklist.dicom")

# What a peer goes beyond, by the code of its error.
_SETTINGS: Final = {IDENTIFIER_TOO_LONG: "dicom_max_identifier", PDU_TOO_LONG: "dicom_max_pdu"}


class Connection(asyncio.BufferedProtocol):
    """`check_time` ends it if the peer is silent, slow or does not read."""

    __slots__ = (
        "_association",
        "_has_ended",
        "_is_new",
        "_is_open",
        "_is_paused",
        "_loop",
        "_peername",
        "_question",
        "_timers",
        "_transport",
        "_waiting",
        "called",
        "calling",
        "listener",
    )

    def __init__(self, listener: DicomListener, loop: asyncio.AbstractEventLoop) -> None:
        self.listener = listener
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._peername: tuple[object, ...] = ()
        self._association = Association(listener.negotiator, max_dataset=listener.limits.identifier)
        self.called = self.calling = ""  # known once the association is accepted
        self._is_new = True  # nothing was read yet
        self._is_open = False
        self._has_ended = False  # in good order, or told why not
        self._question: Question | StepRequest | Storing | None = None
        self._waiting = Queue()
        self._is_paused = False
        self._timers = Timers(self._association, loop.time())

    @property
    def peer(self) -> str:
        name = self._peername
        return show(str(name[0]), cast(int, name[1])) if len(name) >= 2 else "unknown"

    @property
    def address(self) -> str:
        return str(self._peername[0]) if self._peername else ""

    @property
    def is_welcome(self) -> bool:
        """Whether its scanner is served still: the site may have decided otherwise since it came."""
        return self.listener.is_welcome(self.calling, self.peer)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._peername = transport.get_extra_info("peername") or ()
        if not self.listener.admit(self):
            self._transport.abort()
            return
        self._association.connection_opened()
        self._timers.note_artim(self._loop.time())

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.listener.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.data_received(self.listener.buffer[:nbytes])

    def data_received(self, data: Bytes) -> None:
        """Bytes of the peer: after this they may change."""
        self._timers.last_active = self._loop.time()
        if self._is_new:
            self._is_new = False
            if is_client_hello(data):
                self._has_ended = True
                self.listener.observer.misdirected(self.peer, TLS_ON_THE_PLAIN_PORT)
        association = self._association
        events = association.receive(data)
        while events:
            for event in events:
                self._handle(event)
            events = association.receive(b"")
        self._timers.note_taken()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._stop_answering()
        self._association.connection_closed()
        self.listener.release(self)
        if self._is_open:
            if not self._has_ended:
                self._note_abort("the connection was lost")
            self.listener.association_closed(self)

    def pause_writing(self) -> None:
        self._timers.stalled_since = self._loop.time()
        self._balance()

    def resume_writing(self) -> None:
        self._timers.stalled_since = 0.0
        self.go_on()

    def send(self, context_id: int, command: bytes) -> None:
        self._association.send(context_id, command)

    def ask(self, asked: CommandReceived) -> None:
        """Begin to answer a question."""
        self._question = question = Question(self, asked, perf_counter())
        question.run()

    def take_step(self, asked: CommandReceived) -> None:
        """Begin to do what is asked of a performed step."""
        self._question = request = StepRequest(self, asked, perf_counter())
        request.run()

    def take_instance(self, asked: StoreBegun, refusal: tuple[Status, str] | None) -> None:
        """Begin to take an instance, or to read past one that is refused."""
        self._question = storing = Storing(self, asked, refusal)
        storing.run()

    def end(
        self, request: Question | StepRequest | Storing, answer: bytes, dataset: bytes | None = None
    ) -> None:
        """Send the last answer to what was asked: it is over."""
        self._association.send(request.asked.context.id, answer, dataset)
        self._question = None
        self._timers.last_active = self._loop.time()

    def abort(self, reason: str) -> None:
        """End the association because of what the peer did."""
        self._note_abort(reason)
        self._stop_answering()
        self._association.abort()

    def call_soon(self, function: Callable[[], None]) -> asyncio.Handle:
        return self._loop.call_soon(function)

    def go_on(self) -> None:
        """Go on with the question and what waits behind it, if the peer reads."""
        if self._timers.stalled_since:
            return
        if self._question is not None:
            self._question.resume()
        self._flush()
        while self._waiting and not self._timers.stalled_since and self._is_ready_for(self._waiting.first):
            self._perform(self._waiting.take())
            self._flush()
        if self._is_paused:
            self._balance()

    def send_answers(self, asked: CommandReceived, status: int, identifiers: list[bytes]) -> None:
        self._association.send_answers(asked.context, asked.command.message_id, status, identifiers)

    def note_failure(self, error: BaseException) -> None:
        self.listener.note_failure(self.peer, error)

    def end_if_idle(self, since: float) -> None:
        """Abort the association unless it has sent something after `since` or is being answered."""
        if self._question is None and not self._waiting and self._timers.last_active <= since:
            self._association.abort()
            self._has_ended = True
            self._flush()
            if self._transport is not None:
                self._transport.close()

    def drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def check_time(self, now: float) -> None:
        """End the association if one of its time-outs has passed."""
        waits_for_us = self._is_paused or (self._question is not None and self._receiving is None)
        passed = self._timers.find_passed(now, self.listener.limits, waits_for_us=waits_for_us)
        if passed is TimeOut.ARTIM:
            if not self._has_ended:
                self._has_ended = True
                self.listener.observer.timed_out(self.peer, passed.value)
            self._association.timer_expired()
            self.drop()
        elif passed is not None:
            self._time_out(passed.value)
            if passed is TimeOut.WRITE:
                self.drop()

    def _time_out(self, reason: str) -> None:
        self.listener.observer.timed_out(self.peer, reason)
        self.abort(reason)
        self._flush()

    def _handle(self, event: Event) -> None:
        if type(event) is CommandReceived or type(event) is PartReceived or type(event) is StoreBegun:
            if not self._association.can_send:
                return
            if not self._waiting and not self._timers.stalled_since and self._is_ready_for(event):
                self._perform(event)
                # Now, not when all events are done: else a thousand questions in one packet fill the memory.
                if type(event) is not PartReceived:
                    self._flush()
            else:
                self._waiting.put(event)
        elif type(event) is AssociationRequested:
            self._answer_request(event)
        elif type(event) is ReleaseRequested:
            self._stop_answering()
            self._association.answer_release()
            self._has_ended = True
        elif type(event) is CancelReceived:
            self._cancel(event)
        elif type(event) is Aborted:
            self._stop_answering()
            self._note_limit(event.error)
            self._note_abort(str(event.error) if event.error else "by the peer")

    def _is_ready_for(self, event: Asked) -> bool:
        """Whether nothing comes before it: a piece of a dataset goes to who receives that dataset."""
        if type(event) is PartReceived:
            return self._receiving is not None
        return self._question is None

    def _perform(self, event: Asked) -> None:
        if type(event) is PartReceived:
            if self._receiving is not None:
                self._receiving.take(event.data, event.is_last)
        elif type(event) is StoreBegun:
            store(self, event)
        elif type(event) is CommandReceived:
            perform(self, event)

    @property
    def _receiving(self) -> Storing | None:
        """What takes the dataset that is coming."""
        question = self._question
        return question if isinstance(question, Storing) and question.is_receiving else None

    def _answer_request(self, event: AssociationRequested) -> None:
        listener = self.listener
        request = event.decision.request
        rejection = event.decision.rejection or listener.find_rejection(
            request.calling, self.peer, self.address
        )
        if rejection is None:
            self._association.accept()
            self.called, self.calling = request.called, request.calling
            self._is_open = True
            listener.association_opened(self)
            return
        self._association.reject(rejection)
        self._has_ended = True
        listener.observer.association_rejected(self.peer, request.calling, request.called, rejection.reason)
        if listener.keeper is not None:
            listener.keeper.note_refusal(request.calling, self.peer, request.called, rejection.reason)

    def _cancel(self, event: CancelReceived) -> None:
        """A cancel that comes too late means nothing (PS3.7 9.1.2.2)."""
        question = self._question
        if question is not None and question.asked.command.message_id == event.message_id:
            question.cancel()
            return
        waiting = self._waiting.withdraw(event.message_id)
        if waiting is not None:
            answer = encode_response(waiting.command, Status.CANCEL)
            self._association.send(waiting.context.id, answer)

    def _note_limit(self, error: PeerError | None) -> None:
        setting = _SETTINGS.get(error.code) if error else None
        if setting:
            self.listener.observer.limit_reached(setting)

    def _note_abort(self, reason: str) -> None:
        if self._has_ended:
            return
        self._has_ended = True
        self.listener.observer.association_aborted(self.peer, self.calling, reason)

    def _stop_answering(self) -> None:
        self._waiting.clear()
        if self._question is not None:
            self._question.stop()
            self._question = None

    def _flush(self) -> None:
        transport = self._transport
        if transport is None:
            return
        association = self._association
        data = association.data_to_send()
        if data:
            transport.write(data)
        self._timers.note_artim(self._loop.time())
        if association.should_close:
            if transport.get_write_buffer_size() and not self._timers.stalled_since:
                self._timers.stalled_since = self._loop.time()
            transport.close()
        elif self._waiting or self._is_paused or self._receiving is not None:
            self._balance()

    def _balance(self) -> None:
        """Pause reading while the peer does not read, or asks faster than it can be answered."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        receiving = self._receiving
        is_full = (
            self._timers.stalled_since != 0
            or self._waiting.is_full
            or (receiving is not None and receiving.is_full)
        )
        if is_full and not self._is_paused:
            self._is_paused = True
            transport.pause_reading()
        elif self._is_paused and not is_full and not self._waiting:
            self._is_paused = False
            self._timers.note_reading_again(self._loop.time())
            transport.resume_reading()
