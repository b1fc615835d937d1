"""An entry of another worklist as the journal keeps it, in the DICOM JSON Model, and the order that it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from openworklist.dicom.entries import Entry, Values
from openworklist.dicom.entry_values import STATUS, clean
from openworklist.dicom.model_json import from_json, to_json
from openworklist.domain.change import Order
from openworklist.domain.control import LISTED, LISTED_AGAIN
from openworklist.domain.errors import CharsetError, MessageError
from openworklist.domain.record import Value
from openworklist.domain.sent import Sent

_FORMAT: Final = "openworklist worklist entry 1"


@dataclass(frozen=True, slots=True)
class Document:
    """`settled` are attributes that the node does not say anew: they never replace what a record has.

    `removed` are those that it had when it was asked last, and has no more. `is_again`: the entry was gone,
    and its record ended for that.
    """

    node: str
    asked_at: int  # microseconds since 1970, UTC
    entry: Entry
    settled: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    is_again: bool = False

    def encode(self) -> bytes:
        document = {
            "format": _FORMAT,
            "node": self.node,
            "asked_at": self.asked_at,
            "is_again": self.is_again,
            "settled": sorted(self.settled),
            "removed": sorted(self.removed),
            "warnings": list(self.entry.warnings),
            "lost": sorted(self.entry.lost),
            "answer": to_json(self.entry.values),
        }
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf_8", "replace")


def read_document(raw: bytes) -> Document:
    """MessageError if these are no such bytes."""
    try:
        found = json.loads(raw)
        if not isinstance(found, dict) or found.get("format") != _FORMAT:
            raise ValueError("another format")
        return Document(
            str(found["node"]),
            int(found["asked_at"]),
            Entry(from_json(found["answer"]), _texts(found, "warnings"), frozenset(_texts(found, "lost"))),
            frozenset(_texts(found, "settled")),
            frozenset(_texts(found, "removed")),
            bool(found["is_again"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MessageError("This is no entry of a worklist.") from error


def to_order(document: Document) -> Order:
    """The order that an entry is; CharsetError if an identifier has bytes that are no letters."""
    entry = document.entry
    if entry.lost:
        raise CharsetError(
            f"{', '.join(sorted(entry.lost))}: bytes that are no letters of the answer's character set.",
            where="(0008,0005)",
            hint="set the node's assumed character set, or mend the one that it names",
        )
    values, warnings = clean(entry.values)
    status = entry.values.get(STATUS, "")
    moment = document.asked_at
    return Order(
        LISTED_AGAIN if document.is_again else LISTED,
        status.strip().upper() if isinstance(status, str) else "",
        values,
        nullified=document.removed,
        sent=Sent(f"worklist:{document.node}", moment, moment, moment),
        warnings=(*entry.warnings, *warnings),
        defaults=document.settled & values.keys(),
    )


def digest_values(values: Mapping[str, Value]) -> bytes:
    """The values as bytes, the same for the same values."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, default=dict).encode("utf_8", "replace")


def _texts(found: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(map(str, found[name]))


__all__ = ["Document", "Values", "digest_values", "read_document", "to_order"]
