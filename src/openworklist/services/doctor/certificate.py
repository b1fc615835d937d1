"""The certificate of the TLS ports: whether it can be used, until when, and who may read its key."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from openworklist.services.certificates import SOON, TlsFiles, find_expiry, make_server_context
from openworklist.services.doctor.case import Case
from openworklist.services.doctor.finding import Finding, Level


def check_certificate(case: Case) -> Iterator[Finding]:
    """Nothing where no port speaks TLS; a file that cannot be used is raised as SettingsError."""
    if not case.tls:
        return
    for files in case.tls:
        make_server_context(files)
    yield _check_expiry(case.tls[0])
    if os.name == "posix":
        yield from _check_rights(case.tls[0])


def _check_expiry(files: TlsFiles) -> Finding:
    expiry, now = find_expiry(files.certificate), datetime.now(UTC)
    details: tuple[tuple[str, str], ...]
    details = (("file", files.certificate), ("key", files.key or files.certificate))
    if expiry is None:
        return Finding("certificate", Level.OK, "It can be used.", "", details)
    details = (*details, ("expires", f"{expiry:%Y-%m-%d %H:%M:%S} UTC"))
    if expiry <= now:
        return Finding(
            "certificate",
            Level.PROBLEM,
            f"The certificate has expired on {expiry:%Y-%m-%d}: scanners, senders and browsers refuse it.",
            "replace its files: a running server takes the new ones by itself",
            details,
        )
    if expiry - now <= SOON:
        return Finding(
            "certificate",
            Level.WARNING,
            f"The certificate expires on {expiry:%Y-%m-%d}, in {(expiry - now).days} days.",
            "replace its files: a running server takes the new ones by itself",
            details,
        )
    return Finding(
        "certificate", Level.OK, f"It can be used, and is valid until {expiry:%Y-%m-%d}.", "", details
    )


def _check_rights(files: TlsFiles) -> Iterator[Finding]:
    key = files.key or files.certificate
    mode = Path(key).stat().st_mode
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        yield Finding(
            "key of the certificate",
            Level.WARNING,
            f"Every user of this machine can read {key}.",
            f"chmod 600 {key}, and let it belong to the server's user",
        )
