"""One connection on the HL7 port: frames in, answers out in order, with bounds on both."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import TYPE_CHECKING, Final, cast

from openworklist.hl7.framing import Deframer, Event, Frame, HalfFrame, Oversize, TokenQuery, wrap, wrap_token
from openworklist.listeners.binding import show
from openworklist.listeners.tls_words import TLS_ON_THE_PLAIN_PORT, is_client_hello

if TYPE_CHECKING:
    from openworklist.listeners.mllp import MllpListener

_SLOWEST: Final = 16_384  # bytes a second that a frame under way must come at, beyond its time-out
_FORGOTTEN_END: Final = 2.0  # seconds of silence after 0x1C that make up for its 0x0D
_MOST_BROKEN: Final = 100  # messages of one connection that may break off: who goes on so sends no HL7
_LARGE: Final = 65_536  # bytes of a message under way that may be given up where memory is short


class Pending:
    """The place of one answer in the queue of its connection; called with the content of its frames."""

    __slots__ = ("_connection", "answer", "is_token", "size")

    def __init__(self, connection: Connection, size: int, is_token: bool) -> None:
        self._connection = connection
        self.size = size
        self.is_token = is_token
        self.answer: bytes | None = None

    def __call__(self, *answers: bytes) -> None:
        if self.answer is None:
            self.answer = b"".join(map(wrap_token if self.is_token else wrap, answers))
            self._connection.answered()


class Connection(asyncio.Protocol):
    """Reads while it can answer: `check_time` closes a peer that is silent, slow or does not read."""

    def __init__(self, listener: MllpListener, loop: asyncio.AbstractEventLoop) -> None:
        self.peer = ""
        self._is_local = False
        self._listener = listener
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._deframer = Deframer(listener.limits.message)
        self._noise = 0
        self._is_new = True  # nothing was read yet
        self._events: deque[Event] = deque()  # read, but not yet handed on
        self._pending: deque[Pending] = deque()  # handed on, but not yet answered
        self._pending_bytes = 0
        self._ahead: Pending | None = None  # what is handed on next waits for this answer
        self._held = 0  # bytes of all that, as the listener knows it
        self._broken = 0
        self._is_busy = False  # handing events on: answers are collected
        self._is_paused = False
        self._is_ending = False  # nothing more will be read: close when all is answered
        self._last_read = loop.time()
        self._frame_since = 0.0
        self._stalled_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername") or ("unknown", 0)
        own = transport.get_extra_info("sockname") or ("", 0)
        self.local_port = int(own[1])
        self._is_local = own[0] == name[0]
        self.peer = show(str(name[0]), int(name[1]))
        if not self._listener.admit(self, str(name[0])):
            self._transport.abort()
            return
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._last_read = now = self._loop.time()
        if self._is_new:
            self._is_new = False
            if is_client_hello(data):
                # It would wait for an answer, in a connection that may stay open for days.
                self._listener.observer.misdirected(self.peer, TLS_ON_THE_PLAIN_PORT)
                self.abort()
                return
        deframer = self._deframer
        was_inside = deframer.is_inside
        events = deframer.feed(data)
        if deframer.is_inside and (events or not was_inside):
            self._frame_since = now
        if deframer.noise != self._noise:
            self._listener.observer.noise(self.peer, deframer.noise - self._noise)
            self._noise = deframer.noise
        if events:
            self._listener.note_message(self)
            self._events.extend(events)
            self._hand_on()
        self._note_held()

    def eof_received(self) -> bool:
        """The peer sends no more, but may wait for its answers: netcat does."""
        self._finish_frames()
        self._is_ending = True
        self._hand_on()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish_frames()
        self._transport = None
        self._stalled_since = 0.0
        # What was read whole is taken, though nobody hears the answer: the sender will send it again.
        self._hand_on(is_last=True)
        self._listener.hold(-self._held)
        self._held = 0
        self._listener.release(self)

    def pause_writing(self) -> None:
        self._stalled_since = self._loop.time()
        self._balance()

    def resume_writing(self) -> None:
        self._stalled_since = 0.0
        self._hand_on()

    def answered(self) -> None:
        """One of the pending answers has come."""
        if not self._is_busy:
            self._hand_on()

    def drain(self) -> None:
        """Read no more; close when what was taken is answered."""
        self._is_ending = True
        self._balance()
        self._close_if_done()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def check_time(self, now: float) -> None:
        """Close the connection if one of its time-outs has passed."""
        limits = self._listener.limits
        deframer = self._deframer
        silence = now - self._last_read
        if self._stalled_since:
            if limits.write_timeout and now - self._stalled_since > limits.write_timeout:
                self._time_out("it does not read its answers: hl7_write_timeout is over")
        elif self._pending or self._is_paused:
            return
        elif deframer.is_inside:
            if deframer.is_end_begun and silence > _FORGOTTEN_END:
                self._finish_frames()
                self._hand_on()
                return
            allowed = limits.frame_timeout + deframer.buffered / _SLOWEST
            if limits.frame_timeout and now - self._frame_since > allowed:
                self._time_out("a message was begun and not ended: hl7_frame_timeout is over")
        elif limits.idle_timeout and silence > limits.idle_timeout:
            self._time_out("idle: hl7_idle_timeout is over")

    def _time_out(self, reason: str) -> None:
        self._listener.observer.timed_out(self.peer, reason)
        self.abort()

    def _finish_frames(self) -> None:
        self._events.extend(self._deframer.finish())

    def _hand_on(self, *, is_last: bool = False) -> None:
        """Hand on what was read, as far as the limits allow, and write the answers that are there."""
        if self._is_busy:
            return
        limits = self._listener.limits
        events = self._events
        while True:
            self._is_busy = True
            while events and (self._ahead is None or self._ahead.answer is not None):
                is_full = len(self._pending) >= limits.pending or self._pending_bytes >= limits.pending_bytes
                if (is_full or self._stalled_since) and not is_last:
                    break
                try:
                    self._hand(events.popleft())
                except Exception as error:  # noqa: BLE001 - the edge: one connection fails, not the server
                    events.clear()
                    self._listener.note_failure(self.peer, error)
                    self.abort()
            self._is_busy = False
            if not self._write_answers() or not events:
                break
        self._balance()
        self._close_if_done()

    def _hand(self, event: Event) -> None:
        handler = self._listener.handler
        if type(event) is Frame:
            done = self._expect(len(event.content))
            self._ahead = done if handler.receive(event.content, self.peer, done) else None
        elif type(event) is TokenQuery:
            done = self._expect(len(event.content), is_token=True)
            handler.receive_token(event, self.peer, self._is_local, done)
        elif type(event) is Oversize:
            done = self._expect(len(event.head))
            if not event.is_half:
                handler.receive_oversize(event.head, event.size, self.peer, done)
            elif self._may_break_off():
                # An answer would be taken for that of the message begun anew.
                handler.receive_oversize(event.head, event.size, self.peer, lambda *answers: done())
        elif type(event) is HalfFrame and self._may_break_off():
            handler.receive_half(event.content, self.peer, self._expect(len(event.content)))

    def _may_break_off(self) -> bool:
        """Count a message that broke off, and close the connection on which too many do."""
        self._broken += 1
        if self._broken <= _MOST_BROKEN:
            return True
        self._events.clear()
        self._time_out("it begins messages and does not end them")
        return False

    def _expect(self, size: int, *, is_token: bool = False) -> Pending:
        pending = Pending(self, size, is_token)
        self._pending.append(pending)
        self._pending_bytes += size
        return pending

    def _note_held(self) -> None:
        """Tell the listener how much is held here; give a large message up if all together are too much."""
        held = self._pending_bytes + self._deframer.buffered
        self._listener.hold(held - self._held)
        self._held = held
        if self._listener.is_full and self._deframer.buffered > _LARGE:
            self._listener.observer.connection_refused(self.peer, "too many large messages at once")
            self.abort()

    def _write_answers(self) -> bool:
        """Write, in one piece, the answers whose turn it is; whether there was room made by any."""
        queue = self._pending
        answers: list[bytes] = []
        while queue and queue[0].answer is not None:
            pending = queue.popleft()
            self._pending_bytes -= pending.size
            answers.append(cast(bytes, pending.answer))
        self._note_held()
        if answers and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(answers))
        return bool(answers)

    def _balance(self) -> None:
        """Pause reading while there is enough to do, resume when half of it is done."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        limits = self._listener.limits
        is_full = bool(self._events) or self._stalled_since != 0 or self._is_ending
        if not self._is_paused:
            if is_full or len(self._pending) >= limits.pending or self._pending_bytes >= limits.pending_bytes:
                self._is_paused = True
                transport.pause_reading()
        elif (
            not is_full
            and len(self._pending) <= limits.pending // 2
            and self._pending_bytes <= limits.pending_bytes // 2
        ):
            self._is_paused = False
            self._last_read = self._frame_since = self._loop.time()
            transport.resume_reading()

    def _close_if_done(self) -> None:
        transport = self._transport
        if self._is_ending and not self._pending and not self._events and transport is not None:
            if transport.get_write_buffer_size() and not self._stalled_since:
                self._stalled_since = self._loop.time()
            transport.close()
