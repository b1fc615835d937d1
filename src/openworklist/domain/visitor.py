"""Who asks for a page or over the REST interface, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openworklist.domain.errors import AccessError
from openworklist.domain.role import Role

Way = Literal["session", "key", "local"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A user by a session, a program by an API key, or `local`: whoever sits at a machine without login."""

    name: str
    role: Role
    way: Way
    language: str = ""  # "": as the browser says
    theme: str = ""  # "": as the system says
    shortcuts: bool = True
    session_id: str = ""  # by which the session is named in lists; never its token

    @property
    def actor(self) -> str:
        """How the visitor is named where it says who did something."""
        if self.way == "local":
            return "local"
        return f"{'key' if self.way == 'key' else 'user'}:{self.name}"

    def require(self, role: Role) -> None:
        """AccessError if the visitor may not what that role may."""
        if not self.role.covers(role):
            raise AccessError(
                f"{self.name} may not do this: it takes the role {role.value}.",
                hint="an administrator can give another role",
            )


LOCAL = Visitor("local", Role.ADMINISTRATOR, "local")
