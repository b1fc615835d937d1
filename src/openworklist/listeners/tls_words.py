"""Why TLS was not agreed upon with a peer, in words; and who took the wrong one of two ports."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from typing import Final

from openworklist.clients.tls import describe_fault

HTTP: Final = "HTTP"
TLS_ON_THE_PLAIN_PORT: Final = "it speaks TLS on the plain port"

_HANDSHAKE: Final = 0x16  # content type of a TLS record (RFC 8446 5.1)
_MAJOR: Final = 3  # of the version of every TLS record
_PLAIN: Final[Mapping[int, str]] = {
    0x01: "DICOM without TLS",  # an A-ASSOCIATE-RQ (PS3.8 table 9-11)
    0x0B: "HL7 without TLS",  # the start block of MLLP
    0x80: "SSL 2",
}
# Reasons of OpenSSL's sslerr.h.
_REASONS: Final[Mapping[str, str]] = {
    "HTTP_REQUEST": "it speaks HTTP",
    "NO_SHARED_CIPHER": "it offers no cipher suite of the profile",
    "NO_SUITABLE_KEY_SHARE": "it offers no elliptic curve that is taken",
    "NO_SUITABLE_SIGNATURE_ALGORITHM": "it takes no signature that our certificate can give",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "it shows no certificate",
    "UNSUPPORTED_PROTOCOL": "it offers no version of TLS from 1.2 on",
    "VERSION_TOO_LOW": "it offers no version of TLS from 1.2 on",
    "WRONG_VERSION_NUMBER": "what it sends is no TLS",
}
_ALERT: Final = re.compile(r"ALERT_([A-Z0-9_]+)")
_ABOUT_OURS: Final = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED")


def is_client_hello(data: bytes | memoryview) -> bool:
    """Whether a connection that begins so wants TLS: no PDU and no MLLP frame begins with 0x16."""
    return data[:1] == b"\x16" and (len(data) == 1 or data[1] == _MAJOR)


def find_plain_language(data: bytes) -> str:
    """What is spoken on a TLS port that is no TLS; "" if it begins like TLS."""
    if data[0] == _HANDSHAKE:
        return ""
    return _PLAIN.get(data[0], HTTP if data[:3].isalpha() else "no TLS")


def describe_failure(error: ssl.SSLError) -> str:
    """A sentence's end: what the peer did, or did not."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate {describe_fault(error)[0]}"
    reason = error.reason or ""
    alert = _ALERT.search(reason)
    if alert:
        words = alert[1].lower().replace("_", " ")
        if any(word in alert[1] for word in _ABOUT_OURS):
            return f"it does not take our certificate: {words}"
        return f"it answered {words}"
    return _REASONS.get(reason) or reason.lower().replace("_", " ") or "no reason given"
