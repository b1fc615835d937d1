"""What the web port takes of its visitors before it knows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Seconds, of which 0 is none. `proxies` are addresses and networks that may say for whom they ask."""

    connections: int = 2_000
    request_timeout: float = 120.0
    write_timeout: float = 30.0
    proxies: tuple[str, ...] = ()
