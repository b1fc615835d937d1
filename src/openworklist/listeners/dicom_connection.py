"""One connection on the DICOM port: an association's events in, its answers out, with bounds on both."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
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
    ReleaseRequested,
)
from openworklist.dicom.messages import IDENTIFIER_TOO_LONG
from openworklist.dicom.status import Status
from openworklist.dicom.stream import PDU_TOO_LONG
from openworklist.domain.errors import PeerError
from openworklist.listeners.binding import show
from openworklist.listeners.dicom_operations import perform
from openworklist.listeners.dicom_question import Question
from openworklist.listeners.dicom_step import StepRequest
from openworklist.listeners.tls_words import TLS_ON_THE_PLAIN_PORT, is_client_hello

if TYPE_CHECKING:
    from openworklist.listeners.dicom import DicomListener

log = logging.getLogger("openworklist.dicom")

_SLOWEST: Final = 16_384  # bytes a second that a PDU under way must come at, beyond its time-out
_QUEUE: Final = 64  # commands that may wait behind a question before no more are read
_QUEUE_BYTES: Final = 1 << 20  # of their datasets


# What a peer goes beyond, by the code of its error.
_SETTINGS: Final = {IDENTIFIER_TOO_LONG: "dicom_max_identifier", PDU_TOO_LONG: "dicom_max_pdu"}


class Connection(asyncio.Protocol):
    """`check_time` ends it if the peer is silent, slow or does not read."""

    __slots__ = (
        "_artim",
        "_artim_since",
        "_association",
        "_has_ended",
        "_is_new",
        "_is_open",
        "_is_paused",
        "_last_active",
        "_loop",
        "_partial_since",
        "_pdus",
        "_peername",
        "_question",
        "_stalled_since",
        "_transport",
        "_waiting",
        "calling",
        "listener",
    )

    def __init__(self, listener: DicomListener, loop: asyncio.AbstractEventLoop) -> None:
        self.listener = listener
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._peername: tuple[object, ...] = ()
        self._association = Association(listener.negotiator, max_dataset=listener.limits.identifier)
        self.calling = ""  # known once the association is accepted
        self._is_new = True  # nothing was read yet
        self._is_open = False
        self._has_ended = False  # in good order, or told why not
        self._question: Question | StepRequest | None = None
        self._waiting: deque[CommandReceived] = deque()
        self._is_paused = False
        self._artim = 0
        self._pdus = 0
        self._artim_since = self._partial_since = self._stalled_since = 0.0
        self._last_active = loop.time()

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
        self._note_artim()

    def data_received(self, data: bytes) -> None:
        self._last_active = now = self._loop.time()
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
        if not association.is_inside:
            self._partial_since = 0.0
        elif not self._partial_since or association.pdus != self._pdus:
            self._partial_since = now
        self._pdus = association.pdus
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
        self._stalled_since = self._loop.time()
        self._balance()

    def resume_writing(self) -> None:
        self._stalled_since = 0.0
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

    def end(self, request: Question | StepRequest, answer: bytes, dataset: bytes | None = None) -> None:
        """Send the last answer to what was asked: it is over."""
        self._association.send(request.asked.context.id, answer, dataset)
        self._question = None
        self._last_active = self._loop.time()

    def abort(self, reason: str) -> None:
        """End the association because of what the peer did."""
        self._note_abort(reason)
        self._stop_answering()
        self._association.abort()

    def call_soon(self, function: Callable[[], None]) -> asyncio.Handle:
        return self._loop.call_soon(function)

    def go_on(self) -> None:
        """Go on with the question and what waits behind it, if the peer reads."""
        if self._stalled_since:
            return
        if self._question is not None:
            self._question.resume()
        self._flush()
        while self._waiting and self._question is None and not self._stalled_since:
            perform(self, self._waiting.popleft())
            self._flush()

    def send_answers(self, asked: CommandReceived, status: int, identifiers: list[bytes]) -> None:
        self._association.send_answers(asked.context, asked.command.message_id, status, identifiers)

    def note_failure(self, error: BaseException) -> None:
        self.listener.note_failure(self.peer, error)

    def end_if_idle(self, since: float) -> None:
        """Abort the association unless it has sent something after `since` or is being answered."""
        if self._question is None and not self._waiting and self._last_active <= since:
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
        limits = self.listener.limits
        association = self._association
        if self._stalled_since:
            if limits.write_timeout and now - self._stalled_since > limits.write_timeout:
                self._time_out("it does not read its answers: dicom_write_timeout is over")
                self.drop()
        elif association.artim:
            if limits.artim and now - self._artim_since > limits.artim:
                if not self._has_ended:
                    self._has_ended = True
                    self.listener.observer.timed_out(
                        self.peer, "it sent no association request: dicom_artim_timeout is over"
                    )
                association.timer_expired()
                self.drop()
        elif self._question is not None:
            return
        elif self._partial_since:
            allowed = limits.pdu_timeout + association.buffered / _SLOWEST
            if limits.pdu_timeout and now - self._partial_since > allowed:
                self._time_out("a PDU was begun and not ended: dicom_pdu_timeout is over")
        elif limits.idle_timeout and now - self._last_active > limits.idle_timeout:
            self._time_out("idle: dicom_idle_timeout is over")

    def _time_out(self, reason: str) -> None:
        self.listener.observer.timed_out(self.peer, reason)
        self.abort(reason)
        self._flush()

    def _handle(self, event: Event) -> None:
        if type(event) is CommandReceived:
            if not self._association.can_send:
                return
            if self._question is None and not self._stalled_since:
                perform(self, event)
                # Now, not when all events are done: else a thousand questions in one packet fill the memory.
                self._flush()
            else:
                self._waiting.append(event)
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

    def _answer_request(self, event: AssociationRequested) -> None:
        listener = self.listener
        request = event.decision.request
        rejection = event.decision.rejection or listener.find_rejection(
            request.calling, self.peer, self.address
        )
        if rejection is None:
            self._association.accept()
            self.calling = request.calling
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
        for waiting in self._waiting:
            if waiting.command.message_id == event.message_id:
                self._waiting.remove(waiting)
                answer = encode_response(waiting.command, Status.CANCEL)
                self._association.send(waiting.context.id, answer)
                return

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
        if association.artim != self._artim:
            self._note_artim()
        if association.should_close:
            if transport.get_write_buffer_size() and not self._stalled_since:
                self._stalled_since = self._loop.time()
            transport.close()
        elif self._waiting or self._is_paused:
            self._balance()

    def _note_artim(self) -> None:
        self._artim = self._association.artim
        self._artim_since = self._loop.time()

    def _balance(self) -> None:
        """Pause reading while the peer does not read, or asks faster than it can be answered."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        is_full = (
            self._stalled_since != 0
            or len(self._waiting) >= _QUEUE
            or sum(len(each.dataset or b"") for each in self._waiting) >= _QUEUE_BYTES
        )
        if is_full and not self._is_paused:
            self._is_paused = True
            transport.pause_reading()
        elif self._is_paused and not self._stalled_since and not self._waiting:
            self._is_paused = False
            transport.resume_reading()
