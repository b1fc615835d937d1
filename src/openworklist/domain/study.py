"""A study with its series and instances, as an index or an archive knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Study:
    """`values` are those of domain.study_attributes at its level, as text; several have \\ between.

    `source` is the name of the archive that has it, "" for this server.
    """

    uid: str
    values: Mapping[str, str]
    modalities: tuple[str, ...]
    series: int  # how many; 0 where an archive does not tell
    instances: int
    received_at: int = 0  # microseconds since 1970, UTC, of its first instance; 0 elsewhere
    source: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One series; `instances` says how many there are."""

    study_uid: str
    uid: str
    values: Mapping[str, str]
    instances: int


@dataclass(frozen=True, slots=True)
class StudyInstance:
    """One instance. `file` is its path within the folder of studies, "" elsewhere; `size` is 0 and
    `transfer_syntax` "" where an archive does not tell.
    """

    study_uid: str
    series_uid: str
    uid: str
    sop_class: str
    transfer_syntax: str
    values: Mapping[str, str]
    size: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class StudyFilter:
    """Which studies are asked for: all that is not empty must be equal, but a name need only begin so."""

    uid: str = ""
    patient_id: str = ""
    accession_number: str = ""
    patient_name: str = ""
