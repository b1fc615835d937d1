"""What became of a message."""

from enum import StrEnum


class Outcome(StrEnum):
    APPLIED = "applied"
    IGNORED = "ignored"
    REFUSED = "refused"
