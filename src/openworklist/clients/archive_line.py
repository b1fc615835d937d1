"""GET requests to an archive, each with an end: by its time-outs, its deadline and its pace."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import httpcore
import httpx

from openworklist.clients.archive_words import ArchiveWords
from openworklist.clients.deadline import DeadlineTransport, within
from openworklist.clients.tls import make_context
from openworklist.domain.archive import Archive, Credentials
from openworklist.domain.errors import SettingsError

# Their lines hold whole addresses, and these hold patients' IDs.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

T = TypeVar("T")
_LOST: Final = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)
_MOST_BYTES: Final = 32 * 1024 * 1024  # of an answer that is read whole: 500 instances take 1 MB


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection, for a free one of ours, for a whole answer, for each piece of a long one.

    Of a long answer at least `pace` bytes a second must come, once `grace` seconds were waited for it.
    """

    connect: float = 3
    free: float = 3
    whole: float = 15
    piece: float = 20
    grace: float = 20
    pace: int = 2_000


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with success; `body` is empty with 204."""

    body: bytes
    warning: str


class ArchiveLine:
    """The connections to one archive, for many threads. Whatever goes wrong is a PeerError.

    No redirect is followed: what we know of patients goes to no other host.
    """

    def __init__(self, archive: Archive, patience: Patience, connections: int) -> None:
        destination = archive.destination
        self.words = ArchiveWords(destination)
        self._root = archive.url
        self._patience = patience
        self._client = httpx.Client(
            transport=DeadlineTransport(
                make_context(destination.tls) if destination.tls else None, connections=connections, keep=30
            ),
            headers=_make_headers(archive.credentials),
            timeout=httpx.Timeout(patience.piece, connect=patience.connect, pool=patience.free),
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def fetch(self, target: str, accept: str) -> Answered:
        """An answer of a search, whole."""
        with self._explaining():
            return _twice(lambda: self._fetch(target, accept))

    @contextmanager
    def open(self, target: str, accept: str) -> Iterator[tuple[Mapping[str, str], Iterator[bytes]]]:
        """The headers of an answer with files, in small letters, and its bytes as they come.

        With 404 the code is archive.not-found.
        """
        with self._explaining():
            with within(self._patience.piece):
                response = _twice(lambda: self._send(target, accept))
            try:
                self._check(response, is_search=False)
                yield response.headers, self._read_pieces(response)
            finally:
                response.close()

    def _fetch(self, target: str, accept: str) -> Answered:
        with within(self._patience.whole):
            response = self._send(target, accept)
            try:
                self._check(response, is_search=True)
                body = bytearray()
                for piece in response.iter_raw():
                    body += piece
                    if len(body) > _MOST_BYTES:
                        raise self.words.too_large()
            finally:
                response.close()
        return Answered(bytes(body), response.headers.get("warning", ""))

    def _send(self, target: str, accept: str) -> httpx.Response:
        request = self._client.build_request("GET", f"{self._root}/{target}", headers={"Accept": accept})
        return self._client.send(request, stream=True)

    def _check(self, response: httpx.Response, *, is_search: bool) -> None:
        error = self.words.status(response.status_code, is_search=is_search)
        if error is not None:
            raise error
        if (
            response.headers.get("content-encoding", "identity") != "identity"
        ):  # not asked for: a bomb may be in it
            raise self.words.no_json() if is_search else self.words.no_files()

    def _read_pieces(self, response: httpx.Response) -> Iterator[bytes]:
        pieces = response.iter_raw()
        waited, size = 0.0, 0
        while True:
            begun = time.monotonic()
            with within(self._patience.piece):
                piece = next(pieces, None)
            if piece is None:
                return
            waited += time.monotonic() - begun
            size += len(piece)
            if waited > self._patience.grace and size < self._patience.pace * waited:
                raise self.words.slow()
            yield piece

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise self.words.explain(error) from error


def _twice(work: Callable[[], T]) -> T:
    """Once more on a new connection, where the first was lost: a GET changes nothing (RFC 9110 9.2.2)."""
    try:
        return work()
    except _LOST:
        return work()


def _make_headers(credentials: Credentials) -> dict[str, str]:
    # What is compressed may be a thousand times as large as what comes.
    headers = {"User-Agent": "openworklist", "Accept-Encoding": "identity"}
    if credentials.token:
        if not (credentials.token.isascii() and credentials.token.isprintable()):
            raise SettingsError("The token for the archive has letters that none has.", where="archive_token")
        headers["Authorization"] = f"Bearer {credentials.token}"
    elif credentials.user:
        pair = f"{credentials.user}:{credentials.password}".encode()  # RFC 7617 2.1
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
    return headers
