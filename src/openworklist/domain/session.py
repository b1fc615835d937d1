"""A session as people see it in a list, and until when it lives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Session:
    """Times are microseconds since 1970, UTC. `peer` is the address that logged in."""

    id: int
    user: str
    peer: str
    created_at: int
    seen_at: int  # when the person last did something
    expires_at: int
    locked_at: int = 0  # when it was locked by hand; 0: it was not

    def is_locked(self, now: int, idle: int) -> bool:
        """Whether it wants the password again; `idle` microseconds without a deed lock it, 0 never does."""
        return bool(self.locked_at) or (bool(idle) and now - self.seen_at >= idle)
