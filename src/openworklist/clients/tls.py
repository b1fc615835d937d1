"""TLS of outgoing connections: the peer is always verified, and what goes wrong is said with the way out."""

from __future__ import annotations

import re
import socket
import ssl
from typing import Final

from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import PeerError, SettingsError

# X509_V_ERR_* of OpenSSL's x509_vfy.h: what is wrong with the peer's certificate, and the way out.
_CA: Final = "name the file of its authority, or its own certificate, as the CA file"
_NAME: Final = "name the host as its certificate does, or give that name as the server name"
_FAULTS: Final = {
    9: ("is not valid yet", "check the clock of this machine; else have it replaced"),
    10: ("has expired", "have it replaced there; check the clock of this machine too"),
    18: ("is self-signed, and not trusted here", _CA),
    19: ("is of an authority that is not trusted here", _CA),
    20: ("is of an authority that is not trusted here", _CA),
    21: ("is of an authority that is not trusted here", _CA),
    62: ("is for another name", _NAME),
    64: ("is for another address", _NAME),
}
_ALERT: Final = re.compile(r"ALERT_([A-Z_]+)")
_ABOUT_OURS: Final = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED")
_REGRET: Final = 2.0  # seconds in which a peer that has agreed may still refuse
_PLAIN_HINT: Final = "is it a TLS port, and this the right one?"


def make_context(tls: Tls) -> ssl.SSLContext:
    """The context for a connection; SettingsError if one of its files cannot be used.

    TLS 1.2 or newer; the peer's certificate and name are verified.
    """
    try:
        context = ssl.create_default_context(cafile=tls.ca or None)
    except (OSError, ValueError) as error:
        raise unusable(tls.ca, "certificate of an authority", error) from error
    # A receiver's own certificate may be trusted as it is: hospitals have many that sign themselves.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # Newer versions of Python refuse what older ones take, old authorities of hospitals among it.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if tls.certificate:
        load_pair(context, tls.certificate, tls.key)
    elif tls.key:
        raise SettingsError(
            "There is a key, but no certificate that it belongs to.",
            where=tls.key,
            hint="name the file of the certificate too",
        )
    return context


def load_pair(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """Use a certificate and its key, which may stand in one file; SettingsError if they cannot be used."""
    for path in filter(None, (certificate, key)):
        try:
            open(path, "rb").close()  # OpenSSL does not say which of the two is missing
        except (OSError, ValueError) as error:
            raise unusable(path, "certificate or key", error) from error
    try:
        # Without a password OpenSSL would ask for one on the terminal.
        context.load_cert_chain(certificate, key or None, password=lambda: "")
    except (OSError, ValueError) as error:
        raise unusable(
            key or certificate, "certificate with a key that fits and is not encrypted", error
        ) from error


def describe_fault(error: ssl.SSLCertVerificationError) -> tuple[str, str]:
    """What is wrong with a peer's certificate, as the end of a sentence, and the way out."""
    return _FAULTS.get(error.verify_code, (f"is not valid: {error.verify_message}", _CA))


def secure(sock: socket.socket, context: ssl.SSLContext, destination: Destination) -> ssl.SSLSocket:
    """Agree upon TLS; PeerError if the peer is not who it should be, or does not want to."""
    options = destination.tls
    name = (options.server_name if options else "") or destination.host
    try:
        return context.wrap_socket(sock, server_hostname=name)
    except (ssl.SSLError, TimeoutError, ConnectionError) as error:
        raise explain(destination, error) from error
    except ValueError as error:
        raise _failed(destination, f"{name!r} is no name of a server", _NAME) from error


def find_fault(destination: Destination, timeout: float) -> None:
    """Raise PeerError if TLS with a peer cannot be agreed upon, else return; nothing is sent to it."""
    assert destination.tls is not None
    try:
        with (
            socket.create_connection((destination.host, destination.port), timeout) as plain,
            secure(plain, make_context(destination.tls), destination) as secured,
        ):
            # RFC 8446 4.4.2.4: in TLS 1.3 a peer that refuses our certificate says so afterwards.
            secured.settimeout(min(timeout, _REGRET))
            secured.recv(1)
    except ssl.SSLError as error:
        raise explain(destination, error) from error
    except OSError:
        return


def explain(destination: Destination, error: ssl.SSLError | TimeoutError | ConnectionError) -> PeerError:
    """Why TLS was not agreed upon with a peer: it has taken nothing."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _explain_certificate(destination, error)
    alert = _ALERT.search(getattr(error, "reason", None) or "")
    if alert and any(word in alert[1] for word in _ABOUT_OURS):
        return PeerError(
            f"{destination.name} does not take our certificate: {_words(alert[1])}.",
            where=destination.name,
            code="peer.certificate-refused",
            hint="name the certificate and key that it wants, and have its authority trusted there",
        )
    if alert:
        return _failed(destination, f"it answered {_words(alert[1])}", "check which versions of TLS it takes")
    if isinstance(error, TimeoutError):
        return _failed(destination, "it does not answer", _PLAIN_HINT)
    if isinstance(error, ConnectionError | ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _failed(destination, "it closed the connection", _PLAIN_HINT)
    reason = _words(error.reason or "") if isinstance(error, ssl.SSLError) else ""
    return _failed(destination, f"it does not speak TLS ({reason})", _PLAIN_HINT)


def _explain_certificate(destination: Destination, error: ssl.SSLCertVerificationError) -> PeerError:
    what, hint = describe_fault(error)
    return PeerError(
        f"The certificate of {destination.name} {what}.",
        where=destination.name,
        code="peer.certificate",
        hint=hint,
    )


def _failed(destination: Destination, reason: str, hint: str) -> PeerError:
    return PeerError(
        f"TLS with {destination.name} failed: {reason}.",
        where=destination.name,
        code="peer.tls",
        hint=hint,
    )


def _words(reason: str) -> str:
    """`WRONG_VERSION_NUMBER` in words."""
    return reason.lower().replace("_", " ") or "no reason given"


def unusable(path: str, what: str, error: OSError | ValueError) -> SettingsError:
    """The error for a file that holds no `what`, or cannot be read."""
    is_missing = isinstance(error, OSError) and not isinstance(error, ssl.SSLError)
    reason = (
        str(error.strerror or error) if is_missing and isinstance(error, OSError) else f"it holds no {what}"
    )
    return SettingsError(
        f"{path} cannot be used for TLS: {reason}.", where=path, hint="PEM files are wanted, readable by us"
    )
