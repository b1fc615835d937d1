"""Which resources go with which service of an appointment."""

import pytest

from openworklist.hl7.appointment_groups import appointment_groups
from openworklist.hl7.group import Group
from openworklist.hl7.message import parse


def groups(*lines: str, trigger: str = "S12") -> list[Group]:
    return appointment_groups(parse("\r".join((f"MSH|^~\\&|RIS||||||SIU^{trigger}", *lines))))


def show(group: Group) -> str:
    """The first letters of a group: its service, resources and notes."""
    found = [(name, group.all(name)) for name in ("AIS", "AIG", "AIL", "AIP", "NTE")]
    return " ".join(segment.field(3) for _, segments in found for segment in segments)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["AIS|1||CT", "AIG|1||g"], ["CT g"]),
        (["RGS|1", "AIS|1||CT", "AIG|1||g", "RGS|2", "AIS|1||MR", "AIG|1||h"], ["CT g", "MR h"]),
        # all services first, then as many resources: one each
        (["RGS|1", "AIS|1||CT", "AIS|2||MR", "AIG|1||g", "AIG|2||h", "AIL|1||r"], ["CT g r", "MR h r"]),
        # not as many: for all of them
        (["RGS|1", "AIS|1||CT", "AIS|2||MR", "AIG|1||g"], ["CT g", "MR g"]),
        # each service with its resources behind it
        (["RGS|1", "AIS|1||CT", "AIG|1||g", "AIS|2||MR", "AIG|1||h", "AIP|1||p"], ["CT g", "MR h p"]),
        # what stands before any service is everybody's
        (["RGS|1", "AIL|1||r", "AIS|1||CT", "AIS|2||MR"], ["CT r", "MR r"]),
        # resources without service, beside services and alone
        (["RGS|1", "AIS|1||CT", "RGS|2", "AIL|1||r"], ["CT"]),
        (["RGS|1", "AIL|1||r", "AIP|1||p"], ["r p"]),
        ([], [""]),
        # notes: of the appointment, of a service, of a resource
        (["NTE|1||n", "RGS|1", "AIS|1||CT"], ["CT n"]),
        (["NTE|1||n", "RGS|1", "AIS|1||CT", "NTE|1||m", "AIG|1||g", "NTE|1||x"], ["CT g m"]),
    ],
)
def test_services_and_their_resources(lines: list[str], expected: list[str]) -> None:
    assert [show(group) for group in groups("SCH|1", *lines)] == expected


@pytest.mark.parametrize("trigger", ["S15", "S17", "S26"])
def test_what_is_called_off_is_one(trigger: str) -> None:
    assert len(groups("SCH|1", "RGS|1", "AIS|1||CT", "AIS|2||MR", trigger=trigger)) == 1


def test_each_patient_of_an_appointment_has_each_service() -> None:
    found = groups("SCH|1", "PID|||P1", "PV1||I", "PID|||P2", "RGS|1", "AIS|1||CT", "AIS|2||MR")
    patients = [(segment.field(3) if (segment := each.find("PID")) else "") for each in found]
    assert patients == ["P1", "P1", "P2", "P2"]
    assert [each.find("PV1") is not None for each in found] == [True, True, False, False]


def test_numbers_of_the_order_stand_before_those_of_the_appointment() -> None:
    def numbers(line: str) -> list[str]:
        (group,) = groups(line)
        schedule = group.find("SCH")
        assert schedule is not None
        return [schedule.field(number) for number in (1, 2, 26, 27)]

    assert numbers("SCH|AP1|AP2") == ["AP1", "AP2", "", ""]
    assert numbers("SCH|AP1|AP2" + "|" * 24 + "A1") == ["", "", "A1", ""]
    assert numbers("SCH|AP1|AP2" + "|" * 25 + "F1") == ["", "", "", "F1"]
