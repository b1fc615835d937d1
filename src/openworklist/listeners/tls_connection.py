"""TLS between a socket and a connection that knows nothing of it. No task, no stream: bytes in, bytes out."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import Any, Final, Protocol, cast

from openworklist.listeners.binding import show
from openworklist.listeners.tls_words import describe_failure, find_plain_language

Inner = asyncio.Protocol | asyncio.BufferedProtocol
_PIECE: Final = 65_536


class TlsWitness(Protocol):
    """Told how connections to a TLS port begin."""

    def secured(self, peer: str, version: str, cipher: str) -> None: ...
    def tls_failed(self, peer: str, reason: str) -> None: ...
    def misdirected(self, peer: str, reason: str) -> None: ...


class TlsConnection(asyncio.Protocol, asyncio.Transport):
    """A protocol to the network, a transport to the connection `inner`.

    `inner` exists from the moment the peer connects, so that its limits and time-outs hold for a handshake
    that does not end, too; it hears nothing before the handshake is done.
    """

    def __init__(
        self,
        inner: Inner,
        context: ssl.SSLContext,
        loop: asyncio.AbstractEventLoop,
        timeout: float,
        witness: TlsWitness,
    ) -> None:
        super().__init__()
        self._inner = inner
        self._loop = loop
        self._timeout = timeout
        self._witness = witness
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._raw: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._has_begun = False  # the peer has sent something
        self._is_agreed = False
        self._has_failed = False
        self._has_ended = False  # the peer will send no more
        self._is_paused = False
        self._is_closing = False

    @property
    def _peer(self) -> str:
        name: tuple[Any, ...] = self.get_extra_info("peername") or ()
        return show(str(name[0]), int(name[1])) if len(name) >= 2 else "unknown"

    # What the network calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._raw = cast(asyncio.Transport, transport)
        if self._timeout:
            self._timer = self._loop.call_later(self._timeout, self._give_up)
        self._inner.connection_made(self)

    def data_received(self, data: bytes) -> None:
        if self._is_closing or self._has_failed:
            return
        if not self._has_begun:
            self._has_begun = True
            language = find_plain_language(data)
            if language:
                self._has_failed = True
                self._witness.misdirected(self._peer, f"it speaks {language} on the TLS port")
                self.turn_away(language, data)
                return
        self._incoming.write(data)
        if self._is_agreed or self._shake_hands():
            self._read()

    def eof_received(self) -> bool | None:
        # PS3.15 has nothing of a close_notify, and many peers send none: what is cut off is seen by MLLP's
        # frames and the upper layer's PDUs.
        if not self._is_agreed:
            return None
        return self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        if self._has_begun and not self._is_agreed and not self._has_failed and not self._is_closing:
            self._witness.tls_failed(self._peer, "it closed the connection before TLS was agreed upon")
        self._is_closing = True
        self._raw = None
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    # What the connection calls.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._is_closing or not self._is_agreed or not data:
            return
        try:
            self._tls.write(data)
        except ssl.SSLError as error:
            self._fail(error)
        else:
            self._flush()

    def close(self) -> None:
        """End TLS in good order behind what was written, then the connection."""
        if self._is_closing:
            return
        if self._is_agreed and not self._has_failed:
            # Our close_notify is written then; the peer's need not be waited for (RFC 8446 6.1).
            with contextlib.suppress(ssl.SSLError):
                self._tls.unwrap()
            self._flush()
        self._is_closing = True
        if self._raw is not None:
            self._raw.close()

    def abort(self) -> None:
        self._is_closing = True
        if self._raw is not None:
            self._raw.abort()

    def is_closing(self) -> bool:
        return self._is_closing or self._raw is None or self._raw.is_closing()

    def pause_reading(self) -> None:
        self._is_paused = True
        if self._raw is not None:
            self._raw.pause_reading()

    def resume_reading(self) -> None:
        self._is_paused = False
        if self._raw is not None and not self._is_closing:
            self._raw.resume_reading()
            # What was decrypted before the pause waits here, and no more bytes may come to wake it.
            self._loop.call_soon(self._read)

    def get_write_buffer_size(self) -> int:
        return 0 if self._raw is None else self._raw.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "ssl_object":
            return self._tls
        if name == "sslcontext":  # by which uvicorn knows that a request came over https
            return self._tls.context
        return default if self._raw is None else self._raw.get_extra_info(name, default)

    # What another kind of it does in its own way.

    def turn_away(self, language: str, data: bytes) -> None:
        """Of a peer that speaks no TLS, and began with `data`: nothing is said to it."""
        self.abort()

    def _shake_hands(self) -> bool:
        """Whether TLS is agreed upon now."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return False
        except ssl.SSLError as error:
            self._fail(error)
            return False
        self._flush()
        self._is_agreed = True
        self._stop_timer()
        cipher = self._tls.cipher()
        self._witness.secured(self._peer, self._tls.version() or "", cipher[0] if cipher else "")
        return True

    def _read(self) -> None:
        while self._is_agreed and not (self._is_paused or self._is_closing or self._has_ended):
            try:
                is_over = not self._hand_on()
            except ssl.SSLWantReadError:
                break
            except ssl.SSLZeroReturnError:
                is_over = True
            except ssl.SSLError as error:
                self._fail(error)
                break
            if is_over and not self._end():  # its close_notify; it may still wait for answers
                self.close()
        self._flush()  # a renewed key or an alert

    def _hand_on(self) -> int:
        """Give `inner` some of what was decrypted; how many bytes."""
        inner = self._inner
        if isinstance(inner, asyncio.BufferedProtocol):
            buffer = cast(memoryview, inner.get_buffer(_PIECE))
            size = cast(int, self._tls.read(_PIECE, buffer))  # that it is bytes is said of the other call
            if size:
                inner.buffer_updated(size)
            return size
        data = self._tls.read(_PIECE)
        if data:
            inner.data_received(data)
        return len(data)

    def _end(self) -> bool:
        """Tell `inner`, once, that nothing more comes; whether it has something to say yet."""
        if self._has_ended:
            return True
        self._has_ended = True
        return bool(self._inner.eof_received())

    def _flush(self) -> None:
        if self._outgoing.pending and self._raw is not None and not self._raw.is_closing():
            self._raw.write(self._outgoing.read())

    def _give_up(self) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._witness.tls_failed(
                self._peer, "it did not finish the handshake in time: tls_handshake_timeout is over"
            )
        self.abort()

    def _fail(self, error: ssl.SSLError) -> None:
        self._has_failed = True
        self._stop_timer()
        self._witness.tls_failed(self._peer, describe_failure(error))
        self._flush()  # OpenSSL's alert: the peer can say why, too
        self._is_closing = True
        if self._raw is not None:
            self._raw.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
