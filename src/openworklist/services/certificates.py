"""The server's certificate for TLS: read by the BCP 195 profile, watched, and renewed while it runs."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from openworklist.clients.tls import load_pair, unusable
from openworklist.domain.errors import SettingsError
from openworklist.services.background import Background

log = logging.getLogger(__name__)

# RFC 9325 4.2: the four suites recommended for TLS 1.2, with forward secrecy and authenticated encryption.
# 4.5: RSA keys below 2048 bits, elliptic curves below 224 and SHA-1 are refused by OpenSSL's level 2.
_CIPHERS: Final = "ECDHE+AESGCM:@SECLEVEL=2"
SOON: Final = timedelta(days=30)
_DAY: Final = 86_400.0

Signature = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of PEM files. The key may stand in the certificate's file; without `client_ca` all may come."""

    certificate: str
    key: str = ""
    client_ca: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.certificate, self.key, self.client_ca)))


def make_server_context(files: TlsFiles) -> ssl.SSLContext:
    """A context by the BCP 195 RFC 8996, 9325 profile (PS3.15 B.12); SettingsError for files of no use."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # PS3.15 B.12: TLS 1.2 and 1.3, the newer preferred; RFC 8996: nothing older.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.options |= (
        ssl.OP_NO_COMPRESSION  # RFC 9325 3.3
        | ssl.OP_NO_RENEGOTIATION  # RFC 9325 3.5
        | ssl.OP_CIPHER_SERVER_PREFERENCE  # RFC 9325 4.2.1
        # RFC 9325 3.4 wants the keys of tickets renewed, which OpenSSL does not do by itself: none are given.
        # The extended master secret (RFC 7627) OpenSSL agrees to with everybody who offers it.
        | ssl.OP_NO_TICKET
    )
    context.num_tickets = 0
    load_pair(context, files.certificate, files.key)
    if files.client_ca:
        try:
            context.load_verify_locations(files.client_ca)
        except (OSError, ValueError) as error:
            raise unusable(files.client_ca, "certificate of an authority", error) from error
        context.verify_mode = ssl.CERT_REQUIRED
        # A peer's own certificate may be trusted as it is: many scanners sign themselves.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def find_expiry(certificate: str) -> datetime | None:
    """When the first certificate of a file ends; None if that cannot be read."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(Path(certificate).read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


class Certificates:
    """The context of one listener, made anew when its files have changed and fit together.

    `interval` is the pause between two looks at the files, in seconds. A pair that is being replaced is left
    alone until two looks have seen the same.
    """

    def __init__(
        self,
        listener: str,
        files: TlsFiles,
        count: Callable[[str], None],
        *,
        interval: float = 2,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._listener = listener
        self._files = files
        self._count = count
        self._interval = interval
        self._clock = clock
        self._used = self._seen = self._sign()
        self._context = make_server_context(files)
        self._background = Background(self._run)
        self._warned_at: datetime | None = None

    def context(self) -> ssl.SSLContext:
        """What the next connection is to use."""
        return self._context

    def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        await self._background.stop()

    def look(self) -> str:
        """Take new files if there are any, and say when the certificate ends soon; what is to be counted."""
        counted = self._renew()
        self._warn()
        return counted

    async def _run(self) -> None:
        while True:
            # On a thread: a network drive may keep it waiting.
            counted = await asyncio.to_thread(self.look)
            if counted:
                self._count(counted)
            await asyncio.sleep(self._interval)

    def _renew(self) -> str:
        found, before = self._sign(), self._seen
        self._seen = found
        if found == self._used or found != before:
            return ""
        self._used = found
        extra = {"listener": self._listener, "certificate": self._files.certificate}
        try:
            self._context = make_server_context(self._files)
        except SettingsError as error:
            log.warning(
                "the new certificate is of no use, the old one stays in force: %s",
                error.sentence,
                extra={**extra, "where": error.where},
            )
            return "certificates_refused"
        self._warned_at = None
        log.info("the certificate was renewed", extra=extra)
        return "certificates_renewed"

    def _warn(self) -> None:
        now = self._clock()
        if self._warned_at is not None and (now - self._warned_at).total_seconds() < _DAY:
            return
        self._warned_at = now
        expiry = find_expiry(self._files.certificate)
        if expiry is None or expiry - now > SOON:
            return
        extra = {"listener": self._listener, "certificate": self._files.certificate}
        when = f"{expiry:%Y-%m-%d %H:%M} UTC"
        if expiry <= now:
            log.warning("the certificate has expired on %s", when, extra=extra)
        else:
            log.warning("the certificate expires on %s, in %d days", when, (expiry - now).days, extra=extra)

    def _sign(self) -> Signature:
        """What tells that a file was changed or replaced."""
        return tuple(map(_sign_file, self._files.paths))


def _sign_file(path: str) -> object:
    try:
        found = Path(path).stat()
    except OSError as error:
        return error.errno
    return found.st_mtime_ns, found.st_size, found.st_ino
