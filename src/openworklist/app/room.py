"""How many connections there may be, by the settings and by the files that the system lets us open."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import Final, NamedTuple

from openworklist.settings import Settings

log = logging.getLogger(__name__)

_OWN_FILES: Final = 200  # database, log, watched folder, pages, outgoing connections


class Room(NamedTuple):
    """Connections to the HL7 port, associations, connections that have none, and those to the web port."""

    hl7: int
    associations: int
    pending: int
    web: int


def raise_file_limit() -> None:
    """Thousands of connections need as many files; what may be had without rights is taken."""
    if sys.platform == "win32" or os.name != "posix":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    log.debug("file limit", extra={"before": soft, "now": hard})


def find_room(settings: Settings) -> Room:
    """As many connections as the settings allow and the system has files for.

    Without a file nobody could be accepted, not even to be turned away: each limit shrinks by its share.
    """
    wanted = Room(
        settings.hl7_max_connections,
        settings.dicom_max_associations,
        settings.dicom_max_pending,
        settings.web_max_connections,
    )
    if sys.platform == "win32" or os.name != "posix":
        return wanted
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = max(soft - _OWN_FILES, len(wanted))
    if soft == resource.RLIM_INFINITY or room >= sum(wanted):
        return wanted
    found = Room(*(max(each * room // sum(wanted), 1) for each in wanted))
    # A system that is not made for servers mostly allows nearly as many: nobody has to hear of that.
    level = logging.WARNING if room < sum(wanted) // 2 else logging.DEBUG
    log.log(
        level,
        "the system allows fewer open files than the settings want connections: all limits were lowered",
        extra={"files": soft, **found._asdict()},
    )
    return found
