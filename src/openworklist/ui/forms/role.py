"""A role as a form gives it."""

from __future__ import annotations

from openworklist.domain.errors import UserError
from openworklist.domain.role import Role


def read_role(text: str) -> Role:
    """The role of a name; UserError if there is none."""
    try:
        return Role(text)
    except ValueError:
        raise UserError(f"There is no role {text!r}.", where="role") from None
