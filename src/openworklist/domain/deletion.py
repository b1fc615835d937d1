"""Records that were deleted: kept whole for a while, so that they can be brought back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from openworklist.domain.edit import Edit
from openworklist.domain.order import Change
from openworklist.domain.record import Record
from openworklist.domain.sent import show

# What the changes of a record call it.
DELETE: Final = "delete"
RESTORE: Final = "restore"
AUTO_DELETE: Final = "auto-delete"  # the actor


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record as it was, with what people wrote over its values; `at` in microseconds since 1970, UTC."""

    record: Record
    identity: str | None
    edits: tuple[Edit, ...]
    at: int
    actor: str
    reason: str

    def __str__(self) -> str:
        return f"deleted {show(self.at)} by {self.actor}"


def note_return(change: Change, at: int, actor: str) -> Change:
    """The creation of a record that was there before and was deleted: the record says so, and the change."""
    if change.record is None:
        return change
    note = f"its record was deleted {show(at)} by {actor}"
    again = "; auto delete takes it again if its start is still as old" if actor == AUTO_DELETE else ""
    warning = f"{note}; the order was sent again{again}"
    return replace(
        change,
        record=replace(change.record, warnings=(*change.record.warnings, warning)),
        reason=f"{change.reason}; {note}",
        warnings=(*change.warnings, warning),
    )
