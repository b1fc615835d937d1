"""A message of ours that waits to be sent to another system, or was sent, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"  # given up: a person has to look at it
    DROPPED = "dropped"  # a person said so


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Times are microseconds since 1970, UTC, 0 for none. `error` and its code are of the last attempt.

    `destination` is HOST:PORT; `attempts` and the age are counted from `due_since`.
    """

    id: int
    destination: str
    options: str  # JSON
    control_id: str
    record_id: int | None
    created_at: int
    created_by: str
    state: State
    due_since: int
    attempts: int
    next_attempt_at: int
    error_code: str
    error: str
    ended_at: int
    changed_by: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt to send; `next_attempt_at` counts while the message goes on waiting."""

    state: State
    error_code: str = ""
    error: str = ""
    acknowledgement: bytes = b""
    next_attempt_at: int = 0
