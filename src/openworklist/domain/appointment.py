"""Where an appointment (SIU) holds the values of a record: a column of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

# HL7 v2.9 10.6. Which AIS, AIG, AIL and AIP are those of a step, hl7.appointment_groups says.
_START: Final = "AIS-4.1 SCH-11.4 TQ1-7.1 AIG-8.1 AIL-6.1 AIP-6.1"
_PLACES: Final = {
    "placer_order_number_imaging_service_request": "SCH-26.1 SCH-1.1",
    "order_placer_identifier_sequence": "SCH-26.2 SCH-1.2",
    "filler_order_number_imaging_service_request": "SCH-27.1 SCH-2.1",
    "order_filler_identifier_sequence": "SCH-27.2 SCH-2.2",
    "order_entered_by": "SCH-20",
    "order_enterer_location": "SCH-22.1",
    "order_callback_phone_number": "SCH-21.1 SCH-13.1",
    "order_status": "SCH-25.1",
    "requested_procedure_id": "AIS-3.1",
    "requested_procedure_description": "AIS-3.2 AIS-3.5",
    "requested_procedure_code_sequence": "AIS-3.1",
    "requested_procedure_priority": "TQ1-9.1 SCH-11.6",
    "reason_for_the_requested_procedure": "SCH-7.2 SCH-7.1",
    "scheduled_station_ae_title": "AIG-3.1 AIL-3.1.1",
    "scheduled_station_name": "AIG-3.2",
    "scheduled_procedure_step_location": "AIL-3.1.1",
    "scheduled_procedure_step_start_date": _START,
    "scheduled_procedure_step_start_time": _START,
    "scheduled_procedure_step_description": "AIS-3.5 AIS-3.2",
    "scheduled_protocol_code_sequence": "AIS-3.4",
    "scheduled_performing_physician_name": "AIP-3",
}
# Segments that an appointment has as well as an order.
_SHARED: Final = ("MSH-", "PID-", "PD1-", "PV1-", "PV2-", "AL1-", "NTE-")


def find_places(name: str, of_orders: Iterable[str]) -> tuple[str, ...]:
    """The HL7 paths of an attribute: its own, or those of an order that stand in segments that both have."""
    own = _PLACES.get(name, "").split()
    return tuple(own) or tuple(path for path in of_orders if path.startswith(_SHARED))
