"""A stored instance: what the index keeps of it, and which of two contents of one instance stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from openworklist.domain.uids import MAX_LENGTH

FIRST: Final = "first"
NEWEST: Final = "newest"
DUPLICATES: Final = (FIRST, NEWEST)
# Leading zeros are wrong (PS3.5 9.1), but scanners that send them have sent them for years.
UID_PATTERN: Final = r"^[0-9]+(\.[0-9]+)*$"
_UID: Final = re.compile(UID_PATTERN.strip("^$"))


def is_stored_uid(uid: str) -> bool:
    """Whether a text can name a study, a series or an instance here, and a file: digits and dots alone."""
    return len(uid) <= MAX_LENGTH and _UID.fullmatch(uid) is not None


class Sender(NamedTuple):
    """Who sends an instance: both AE titles, and the address."""

    calling: str
    called: str
    peer: str


@dataclass(frozen=True, slots=True)
class Instance:
    """`values` are those of domain.study_attributes that it has, as text; several values have \\ between."""

    study_uid: str
    series_uid: str
    uid: str
    sop_class: str
    transfer_syntax: str
    values: Mapping[str, str]
    size: int  # bytes of its dataset
    calling_ae: str
    peer: str
    received_at: int  # microseconds since 1970, UTC


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """What is known of an instance that is there. `file` is its path within the folder of studies."""

    id: int
    study_uid: str
    series_uid: str
    uid: str
    sop_class: str
    transfer_syntax: str
    size: int
    file: str
    received_at: int
