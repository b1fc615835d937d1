"""What the doctor is to look at: the values that a server would start with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Final

from openworklist.services.certificates import TlsFiles

_ANYWHERE: Final = frozenset({"", "*", "0.0.0.0"})


@dataclass(frozen=True, slots=True)
class Port:
    """A listener as it is set up; a `number` of 0 is none. `setting` is the flag that chooses the number.

    `is_restricted`: only some addresses may connect, and this machine's may not be among them.
    """

    listener: str
    host: str
    number: int
    setting: str
    is_restricted: bool = False

    @property
    def target(self) -> str:
        """An address that reaches it from this machine."""
        if self.host in _ANYWHERE:
            return "127.0.0.1"
        return "::1" if self.host == "::" else self.host


@dataclass(frozen=True, slots=True)
class Case:
    """`connections` are those that may be open at once; `is_thorough`: take the time that it needs.

    `secured` are the ports of TLS that are switched on, and `tls` the files of each.
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

    @property
    def ports(self) -> tuple[Port, ...]:
        return self.hl7, self.dicom, *self.secured, self.web
