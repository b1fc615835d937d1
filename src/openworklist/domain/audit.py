"""Who did what to what, and when; and what may be asked of that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deed:
    """One row of the audit trail. `at` is microseconds since 1970; `action` is a verb, like `record.view`.

    `subject` is the kind of what it was done to and `subject_id` which one; `detail` never holds a secret.
    """

    at: int
    actor: str
    action: str
    subject: str = ""
    subject_id: str = ""
    record_id: int | None = None
    peer: str = ""
    detail: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class DeedFilter:
    """What is empty or 0 is not asked for; `since` and `until` are microseconds, `until` is not included.

    An action that ends in a dot stands for all that begin so: `user.`.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    subject_id: str = ""
    record_id: int = 0
    peer: str = ""
    since: int = 0
    until: int = 0
