"""The clock of one connection on the DICOM port: since when its peer is silent, slow or does not read."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from openworklist.dicom.association import Association

if TYPE_CHECKING:
    from openworklist.listeners.dicom import DicomLimits

_SLOWEST: Final = 16_384  # bytes a second that a PDU under way must come at, beyond its time-out


class TimeOut(Enum):
    """Which one has passed, and what the peer did."""

    WRITE = "it does not read its answers: dicom_write_timeout is over"
    ARTIM = "it sent no association request: dicom_artim_timeout is over"
    PDU = "a PDU was begun and not ended: dicom_pdu_timeout is over"
    IDLE = "idle: dicom_idle_timeout is over"


class Timers:
    """Told what happens; all times are those of the loop, in seconds."""

    __slots__ = (
        "_artim",
        "_artim_since",
        "_association",
        "_partial_since",
        "_pdus",
        "last_active",
        "stalled_since",
    )

    def __init__(self, association: Association, now: float) -> None:
        self.last_active = now
        self.stalled_since = 0.0  # since when the peer does not read; 0 if it does
        self._association = association
        self._artim = 0
        self._artim_since = 0.0
        self._partial_since = 0.0  # since when a PDU is under way
        self._pdus = 0

    def note_taken(self) -> None:
        """What came has been taken apart."""
        association = self._association
        if not association.is_inside:
            self._partial_since = 0.0
        elif not self._partial_since or association.pdus != self._pdus:
            self._partial_since = self.last_active
        self._pdus = association.pdus

    def note_artim(self, now: float) -> None:
        """The association may have started its timer, or stopped it."""
        if self._association.artim != self._artim:
            self._artim = self._association.artim
            self._artim_since = now

    def note_reading_again(self, now: float) -> None:
        """It was we who did not read."""
        self.last_active = now
        self._partial_since = now if self._partial_since else 0.0

    def find_passed(self, now: float, limits: DicomLimits, *, waits_for_us: bool) -> TimeOut | None:
        """The time-out that has passed, if one has; while the peer waits for us only those of its side."""
        if self.stalled_since:
            return TimeOut.WRITE if _is_over(now - self.stalled_since, limits.write_timeout) else None
        if self._association.artim:
            return TimeOut.ARTIM if _is_over(now - self._artim_since, limits.artim) else None
        if waits_for_us:
            return None
        if self._partial_since:
            more = self._association.buffered / _SLOWEST
            return TimeOut.PDU if _is_over(now - self._partial_since - more, limits.pdu_timeout) else None
        return TimeOut.IDLE if _is_over(now - self.last_active, limits.idle_timeout) else None


def _is_over(seconds: float, allowed: float) -> bool:
    return allowed != 0 and seconds > allowed
