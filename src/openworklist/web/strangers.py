"""What who has a link is told of trouble within: that there is some. The log has the rest."""

from __future__ import annotations

import logging
from typing import Final

from openworklist.domain.errors import OpenWorklistError, PeerError, StoreError
from openworklist.observe.peer_log import PeerLog

_log: Final = PeerLog(logging.getLogger(__name__))


def to_stranger(error: OpenWorklistError, peer: str) -> OpenWorklistError:
    """An error without names of keys, files and archives, for whoever sends 64 letters.

    Other errors are about what was asked, and stay as they are. For the loop's thread.
    """
    if not isinstance(error, StoreError | PeerError):
        return error
    # Its sentence may quote what an archive says: of a patient.
    _log.write(logging.ERROR, "a study could not be shown by its link", f"{peer}:", reason=error.code)
    return OpenWorklistError(
        "The study cannot be shown at the moment.",
        hint="try again later, or tell whoever gave you the link",
        code="study-token.unavailable",
    )
