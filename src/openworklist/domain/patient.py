"""Who a patient is, and what messages say of one, as values; domain.news has what it does to records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from openworklist.domain.errors import OrderError
from openworklist.domain.identity import text_of
from openworklist.domain.record import EMPTY, Value
from openworklist.domain.sent import NEVER, Sent

_ID, _ISSUER = "patient_id", "issuer_of_patient_id"
# They belong to the ID: no update of a patient changes them, a merge changes them together.
OF_THE_ID: Final = frozenset((_ID, _ISSUER, "issuer_of_patient_id_qualifiers_sequence", "type_of_patient_id"))
# Of one stay, which need not be the one that an exam was ordered for.
OF_THE_VISIT: Final = frozenset(
    (
        "admission_id",
        "issuer_of_admission_id_sequence",
        "route_of_admissions",
        "admitting_date",
        "admitting_time",
        "current_patient_location",
    )
)


class Patient(NamedTuple):
    id: str
    issuer: str = ""

    def may_be(self, other: Patient) -> bool:
        """Whether IDs agree, and issuers where both have one."""
        return self.id == other.id and (not self.issuer or not other.issuer or self.issuer == other.issuer)


def patient_of(values: Mapping[str, Value]) -> Patient:
    return Patient(text_of(values, _ID), text_of(values, _ISSUER))


@dataclass(frozen=True, slots=True)
class PatientChange:
    """What a message says of a patient: values of the patient's level, and those that `""` deletes.

    `former` are IDs of patients who are now this one, `known` what was stored of this one when it came (see
    domain.news). `problem` is what it lacks.
    """

    event: str  # A08
    values: Mapping[str, Value]
    nullified: frozenset[str] = frozenset()
    former: tuple[Patient, ...] = ()
    sent: Sent = NEVER
    warnings: tuple[str, ...] = ()
    problem: OrderError | None = None
    known: Mapping[str, Value] = field(default_factory=lambda: EMPTY)

    @property
    def patient(self) -> Patient:
        return patient_of(self.values)

    @property
    def patients(self) -> tuple[Patient, ...]:
        """All that it speaks of."""
        return (self.patient, *self.former)
