"""What the index of studies knows of a dataset's head: a row each, from which its columns follow."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple


class StudyLevel(IntEnum):
    """The levels of PS3.18 section 10.6. A patient's values stand with each study, as it brought them."""

    STUDY = 1
    SERIES = 2
    INSTANCE = 3


class StudyAttribute(NamedTuple):
    """`name` is the DICOM keyword in snake_case and the column."""

    name: str
    tag: int
    vr: str
    level: StudyLevel


_STUDY, _SERIES, _INSTANCE = StudyLevel.STUDY, StudyLevel.SERIES, StudyLevel.INSTANCE
STUDY_ATTRIBUTES: Final = (
    StudyAttribute("study_date", 0x0008_0020, "DA", _STUDY),
    StudyAttribute("study_time", 0x0008_0030, "TM", _STUDY),
    StudyAttribute("accession_number", 0x0008_0050, "SH", _STUDY),
    StudyAttribute("referring_physician_name", 0x0008_0090, "PN", _STUDY),
    StudyAttribute("timezone_offset_from_utc", 0x0008_0201, "SH", _STUDY),
    StudyAttribute("study_description", 0x0008_1030, "LO", _STUDY),
    StudyAttribute("patient_name", 0x0010_0010, "PN", _STUDY),
    StudyAttribute("patient_id", 0x0010_0020, "LO", _STUDY),
    StudyAttribute("issuer_of_patient_id", 0x0010_0021, "LO", _STUDY),
    StudyAttribute("patient_birth_date", 0x0010_0030, "DA", _STUDY),
    StudyAttribute("patient_sex", 0x0010_0040, "CS", _STUDY),
    StudyAttribute("study_id", 0x0020_0010, "SH", _STUDY),
    StudyAttribute("series_date", 0x0008_0021, "DA", _SERIES),
    StudyAttribute("series_time", 0x0008_0031, "TM", _SERIES),
    StudyAttribute("modality", 0x0008_0060, "CS", _SERIES),
    StudyAttribute("manufacturer", 0x0008_0070, "LO", _SERIES),
    StudyAttribute("institution_name", 0x0008_0080, "LO", _SERIES),
    StudyAttribute("station_name", 0x0008_1010, "SH", _SERIES),
    StudyAttribute("series_description", 0x0008_103E, "LO", _SERIES),
    StudyAttribute("body_part_examined", 0x0018_0015, "CS", _SERIES),
    StudyAttribute("protocol_name", 0x0018_1030, "LO", _SERIES),
    StudyAttribute("series_number", 0x0020_0011, "IS", _SERIES),
    StudyAttribute("performed_procedure_step_start_date", 0x0040_0244, "DA", _SERIES),
    StudyAttribute("performed_procedure_step_start_time", 0x0040_0245, "TM", _SERIES),
    StudyAttribute("instance_number", 0x0020_0013, "IS", _INSTANCE),
    StudyAttribute("number_of_frames", 0x0028_0008, "IS", _INSTANCE),
    StudyAttribute("rows", 0x0028_0010, "US", _INSTANCE),
    StudyAttribute("columns", 0x0028_0011, "US", _INSTANCE),
    StudyAttribute("bits_allocated", 0x0028_0100, "US", _INSTANCE),
)


def of_level(level: StudyLevel) -> tuple[str, ...]:
    """The names of the attributes of a level."""
    return tuple(each.name for each in STUDY_ATTRIBUTES if each.level is level)
