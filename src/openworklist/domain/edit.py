"""What a person wrote over a value of a record."""

from __future__ import annotations

from dataclasses import dataclass

from openworklist.domain.record import Value


@dataclass(frozen=True, slots=True)
class Edit:
    """It stands until a newer message changes that value. A value of None deletes what was there."""

    record_id: int
    name: str  # of the attribute
    value: Value | None
    at: int  # microseconds since 1970, UTC
    actor: str
