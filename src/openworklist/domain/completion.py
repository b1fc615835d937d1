"""Values that a scanner needs and the order lacked (type 1 in PS3.4 table K.6-1), made by rule and stable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.domain.record import Record, Value
from openworklist.domain.shortening import shorten
from openworklist.domain.uids import make_uid

_ORDER_NUMBERS: Final = (
    "accession_number",
    "placer_order_number_imaging_service_request",
    "filler_order_number_imaging_service_request",
)
_STATION: Final = "scheduled_station_ae_title"
_START: Final = ("scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time")
_SH: Final = 16  # characters, PS3.5 table 6.2-1
# What a scanner may have been told and tells the step by. All else follows from what is sent now: a moved
# exam has the name of its new station.
_TOLD: Final = ("requested_procedure_id", "scheduled_procedure_step_id", "study_instance_uid")


def complete(values: Mapping[str, Value], *, uid_root: str, stations: str = "") -> Mapping[str, Value]:
    """What is missing in `values`, and only that; `stations` are AE titles that a rule gives.

    The Study Instance UID follows from patient, order number and requested procedure, so that the steps of a
    procedure share it and a resend gives the same. Modality, station and start are never invented.
    """
    made: dict[str, Value] = {_STATION: stations} if stations and not values.get(_STATION) else {}

    def text(name: str) -> str:
        value = values.get(name) or made.get(name, "")
        return value if isinstance(value, str) else ""

    number = next(filter(None, map(text, _ORDER_NUMBERS)), "")
    start = "".join(map(text, _START))
    if not text("requested_procedure_id"):
        made["requested_procedure_id"] = shorten(number or start, _SH)
    procedure = text("requested_procedure_id")
    if not text("scheduled_procedure_step_id"):
        made["scheduled_procedure_step_id"] = shorten(procedure, _SH)
    if not text("scheduled_station_name") and text(_STATION):
        # The station's name is its AE title where nobody gave another.
        made["scheduled_station_name"] = text(_STATION)
    if not text("study_instance_uid"):
        patient = (text("patient_id"), text("issuer_of_patient_id"))
        made["study_instance_uid"] = make_uid(uid_root, *patient, number or start, procedure)
    return made


def assigned_stations(record: Record) -> str:
    """The AE titles that a rule gave a record, "" if none did."""
    stations = record.completed.get(_STATION, "")
    return stations if isinstance(stations, str) else ""


def complete_again(
    values: Mapping[str, Value], told: Mapping[str, Value], *, uid_root: str, stations: str = ""
) -> Mapping[str, Value]:
    """As `complete`, of a record whose completed values were `told`: identifiers made up once stay.

    Only what was sent since takes their place.
    """
    kept = {name: told[name] for name in _TOLD if told.get(name) and not values.get(name)}
    return {**complete(values, uid_root=uid_root, stations=stations), **kept}
