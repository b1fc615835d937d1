"""An order as mapping found it in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openworklist.domain.record import Value


@dataclass(frozen=True, slots=True)
class Order:
    """One scheduled step: ORC-1, ORC-5, its values, and the attributes that `""` deletes."""

    control: str
    status_code: str
    values: Mapping[str, Value]
    nullified: frozenset[str] = frozenset()
    message_time: str = ""  # MSH-7, YYYYMMDDHHMMSS
    warnings: tuple[str, ...] = ()
