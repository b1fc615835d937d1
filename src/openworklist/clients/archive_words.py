"""What went wrong with an archive, in a sentence with the way out. Nothing of what was asked is in it."""

from __future__ import annotations

import ssl
from typing import Final

import httpcore

from openworklist.clients.tls import explain as explain_tls
from openworklist.domain.archive import LOST, NOT_FOUND, SLOW, UNREACHABLE
from openworklist.domain.destination import Destination
from openworklist.domain.errors import PeerError

_ADDRESS: Final = "check the option archive_url, and that the archive's DICOMweb services run there"


class ArchiveWords:
    """The errors of one archive: `where` is its host and port."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._name = destination.name

    def explain(self, error: Exception) -> PeerError:
        """The error for an exception of httpcore."""
        if isinstance(error, httpcore.PoolTimeout):
            return self._make(
                f"The archive {self._name} is being asked as often at once as it may.",
                "try again in a moment",
                code="archive.busy",
            )
        cause = error.args[0] if error.args else None  # httpcore drops the chain, and keeps this
        if isinstance(cause, ssl.SSLError) and self._destination.tls is not None:
            return explain_tls(self._destination, cause)
        if isinstance(error, httpcore.ConnectTimeout):
            return self._make(f"The archive {self._name} takes no connection.", _ADDRESS, code=UNREACHABLE)
        if isinstance(error, httpcore.TimeoutException):
            return self._make(
                f"The archive {self._name} does not answer in time.", "look into its log", code=SLOW
            )
        if isinstance(error, httpcore.ConnectError):
            reason = getattr(cause, "strerror", None) or "no reason given"
            return self._make(
                f"The archive {self._name} cannot be reached: {reason}.", _ADDRESS, code=UNREACHABLE
            )
        if isinstance(error, httpcore.NetworkError) or "sending" in str(error):  # as h11 and httpcore say
            return self._make(
                f"The archive {self._name} broke the connection.", "look into its log", code=LOST
            )
        return self._make(
            f"What answers at {self._name} does not speak HTTP.", _ADDRESS, code="archive.protocol"
        )

    def slow(self) -> PeerError:
        return self._make(f"The archive {self._name} sends too slowly.", "look into its log", code=SLOW)

    def too_many(self, most: int) -> PeerError:
        return self._make(
            f"The archive {self._name} has more than {most} answers to one question.",
            "look whether it heeds what it is asked for",
            code="archive.protocol",
        )

    def too_large(self) -> PeerError:
        return self._make(
            f"The archive {self._name} gave an answer that is too large.",
            "look whether it heeds what it is asked for",
            code="archive.protocol",
        )

    def no_json(self) -> PeerError:
        return self._make(
            f"The archive {self._name} did not answer a search with DICOM JSON.",
            _ADDRESS,
            code="archive.protocol",
        )

    def no_files(self) -> PeerError:
        return self._make(
            f"The archive {self._name} did not answer with DICOM files.", _ADDRESS, code="archive.protocol"
        )

    def status(self, status: int, *, is_search: bool) -> PeerError | None:
        """The error for a status of HTTP; None for success."""
        if status in (200, 204, 206) and (is_search or status == 200):
            return None
        if status in (401, 403):
            return self._make(
                f"The archive {self._name} does not let us in (HTTP {status}).",
                "check the settings archive_user and archive_password, archive_token or archive_certificate",
                code="archive.refused",
            )
        if 300 <= status < 400:
            return self._make(
                f"The archive {self._name} sends us elsewhere (HTTP {status}), where we do not go.",
                "write the address where it leads into the option archive_url",
                code="archive.protocol",
            )
        if status in (404, 410):
            if is_search:
                return self._make(
                    f"There is no search (QIDO-RS) at this address of the archive {self._name}.",
                    _ADDRESS,
                    code="archive.protocol",
                )
            return self._make(f"The archive {self._name} has no such files.", "", code=NOT_FOUND)
        return self._make(
            f"The archive {self._name} refused with HTTP {status}.",
            "look into its log",
            code="archive.refused",
        )

    def _make(self, sentence: str, hint: str, *, code: str) -> PeerError:
        return PeerError(sentence, where=self._name, hint=hint, code=code)
