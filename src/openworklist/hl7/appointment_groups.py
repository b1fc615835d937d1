"""The groups of an SIU message: one for each service (AIS), with the resources that go with it."""

from __future__ import annotations

from typing import Final

from openworklist.hl7.events import find_event
from openworklist.hl7.group import Group, Index, add
from openworklist.hl7.message import Message, Segment

# HL7 v2.9 10.3.3: what is called off, deleted or missed is the appointment with all its services.
WHOLE: Final = frozenset({"S15", "S17", "S26"})
_RESOURCES: Final = ("AIG", "AIL", "AIP")
_PATIENT: Final = ("PID", "PD1", "PV1", "PV2", "AL1", "OBX", "DG1")
# HL7 v2.5 10.6.1: the order's own numbers, where they are not those of the appointment.
_NUMBERS: Final = (1, 2)
_ORDER_NUMBERS: Final = (26, 27)


def appointment_groups(message: Message) -> list[Group]:
    """A group for each service of each patient, in the order of the message; one where it names no service.

    Of an RGS the resources (AIG, AIL, AIP) are those of the AIS before them, if each AIS has its own behind
    it; if all AIS come first, as the standard has it, and there are as many, they go together in order;
    otherwise all have part in all services. An RGS without AIS, beside others, is no service.
    """
    shared: Index = {"MSH": [message.header]}
    patients: list[Index] = []
    sets: list[list[Segment]] = []
    last = ""  # what a note is about
    for segment in message.segments[1:]:
        name = segment.name
        if name in _PATIENT:
            if name == "PID" or not patients:
                patients.append({})
            add(patients[-1], segment)
        elif name == "RGS":
            sets.append([])
        elif name in ("AIS", *_RESOURCES):
            sets = sets or [[]]
            sets[-1].append(segment)
        elif name == "NTE" and last == "AIS":
            sets[-1].append(segment)
        elif name == "SCH":
            add(shared, _without_appointment_numbers(segment))
        elif name != "NTE" or last == "SCH":
            add(shared, segment)
        last = last if name in ("NTE", "TQ1", "TQ2") else name
    services = [service for each in sets for service in _pair(each)]
    services = [each for each in services if "AIS" in each] or services[:1] or [{}]
    if find_event(message).trigger in WHOLE:
        services = services[:1]
    return [Group(service, patient, shared) for patient in patients or [{}] for service in services]


def _without_appointment_numbers(schedule: Segment) -> Segment:
    """SCH-1 and SCH-2 left out where the order has numbers of its own (SCH-26, SCH-27)."""
    if not any(schedule.field(number) for number in _ORDER_NUMBERS):
        return schedule
    fields = list(schedule.fields)
    for number in _NUMBERS:
        fields[number] = ""
    return Segment(schedule.delimiters.field.join(fields), schedule.delimiters)


def _pair(segments: list[Segment]) -> list[Index]:
    """The services of one RGS, each with its resources; what all share is in each."""
    services: list[Index] = []
    common: Index = {}
    for segment in segments:
        if segment.name == "AIS":
            services.append({"AIS": [segment]})
        else:
            add(services[-1] if services else common, segment)
    if len(services) > 1 and not any(name in each for each in services[:-1] for name in _RESOURCES):
        last = services[-1]
        for name in _RESOURCES:
            resources = last.pop(name, [])
            for number, service in enumerate(services):
                own = [resources[number]] if len(resources) == len(services) else resources
                if own:
                    service[name] = own
    for service in services:
        for name, shared in common.items():
            service.setdefault(name, shared)
    return services or ([common] if common else [])
