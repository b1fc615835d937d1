"""What a person or a key may do here: look, work with the worklist, or set the server up."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Each may all that those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"

    def covers(self, other: Role) -> bool:
        """Whether who has this role may what the other role may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)
