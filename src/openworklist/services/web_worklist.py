"""The worklist as DICOM's web services ask for it: by the door of scanners, with their rules."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from openworklist.dicom.dataset import UNICODE, to_json
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.dicom.web_keys import to_identifier
from openworklist.domain.errors import AccessError
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import Configuration
from openworklist.services.worklist import Worklist
from openworklist.store.database import Database

_FLAGGED: Final = 0xFF01


@dataclass(frozen=True, slots=True)
class Answers:
    """Datasets in the DICOM JSON model. `has_more`: there are others behind; `is_flagged`: a key with a value
    is not matched on.
    """

    datasets: tuple[dict[str, Any], ...]
    has_more: bool
    is_flagged: bool


async def search_worklist(
    database: Database,
    configuration: Configuration,
    zone: tzinfo,
    metrics: Metrics,
    match: Mapping[str, str],
    *,
    included: Sequence[str] = (),
    scanner: str = "",
    offset: int = 0,
    limit: int = 1000,
) -> Answers:
    """What a scanner of that AE title would be answered, on the loop; "" is one that nobody knows.

    IdentifierError if something cannot be asked for, AccessError if the scanner is turned away,
    TooManyAnswers if it is refused more than it may get.
    """
    if scanner and configuration.find_serving(scanner).is_refused:
        raise AccessError(f"The scanner {scanner} is turned away.", where="scanner")
    identifier = to_identifier(match, included, configuration.extras)
    worklist = Worklist(database, metrics, configuration=configuration, zone=zone)
    cursor = worklist.open(scanner, identifier, EXPLICIT_LITTLE_ENDIAN)
    skipped = 0
    found: list[bytes] = []
    while len(found) <= limit:
        batch = cursor.next_batch()
        answers = await batch if inspect.isawaitable(batch) else batch
        if not answers:
            break
        left = min(offset - skipped, len(answers))
        skipped += left
        found += answers[left:]
    datasets = tuple(_read(each) for each in found[:limit])
    return Answers(datasets, len(found) > limit, cursor.status == _FLAGGED)


def _read(answer: bytes) -> dict[str, Any]:
    """PS3.18 F.2: the text is UTF-8, and so says (0008,0005)."""
    dataset, _ = to_json(answer, EXPLICIT_LITTLE_ENDIAN)
    return {**UNICODE, **dataset}
