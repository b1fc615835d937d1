"""What the doctor is to look at: the values that a server would start with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Final

from openworklist.services.certificates import TlsFiles

_ANYWHERE: Final = frozenset({"", "*", "0.0.0.0"})


@dataclass(frozen=True, slots=True)
class Port:
    """A listener as it is set up; a `number` of 0 is none. `setting` is the flag that chooses the number.

    `is_restricted`: only some addresses may connect, and this machine's may not be among them.
    `is_secure`: TLS alone is spoken on it.
    """

    listener: str
    host: str
    number: int
    setting: str
    is_restricted: bool = False
    is_secure: bool = False

    @property
    def target(self) -> str:
        """An address that reaches it from this machine."""
        if self.host in _ANYWHERE:
            return "127.0.0.1"
        return "::1" if self.host == "::" else self.host


@dataclass(frozen=True, slots=True)
class Case:
    """`connections` are those that may be open at once; `is_thorough`: take the time that it needs.

    `secured` are the ports with TLS beside a plain one that are switched on. `tls` are the files of every
    port that speaks TLS. `token_key` is what the setting of that name says.
    """

    data: Path
    database: str
    hl7: Port
    dicom: Port
    web: Port
    ae_title: str
    zone: tzinfo
    connections: int
    is_thorough: bool = False
    secured: tuple[Port, ...] = ()
    tls: tuple[TlsFiles, ...] = ()
    token_key: str = field(default="", repr=False)

    @property
    def ports(self) -> tuple[Port, ...]:
        return self.hl7, self.dicom, *self.secured, self.web
