"""Where a message goes: a host and a port, plain or with TLS."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tls:
    """How a connection is secured. The texts are paths of PEM files; "" leaves one out.

    Without `ca` the authorities that this machine trusts are asked. `certificate` and `key` are ours, for a
    receiver that wants to know who sends; the key may stand in the file of the certificate. `server_name` is
    the name that its certificate must have, where that is not the host.
    """

    ca: str = ""
    certificate: str = ""
    key: str = ""
    server_name: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """An HL7 port of somebody else's; without `tls` what is sent can be read on the way."""

    host: str
    port: int
    tls: Tls | None = None

    @property
    def name(self) -> str:
        """HOST:PORT, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
