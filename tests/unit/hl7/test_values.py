from datetime import tzinfo
from zoneinfo import ZoneInfo

import pytest

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.extra import read_attribute
from openworklist.hl7.delimiters import STANDARD
from openworklist.hl7.leaf import Reading
from openworklist.hl7.path import parse_path
from openworklist.hl7.values import make_converter


def convert(name: str, path: str, field: str, zone: tzinfo | None = None) -> tuple[str | None, list[str]]:
    reading = Reading(STANDARD, "utf_8", zone)
    return make_converter(BY_NAME[name], parse_path(path))(reading, field), reading.warnings


@pytest.mark.parametrize(
    ("name", "path", "field", "value"),
    [
        ("patient_id", "PID-3.1", "4711^^^CLINIC~0815", "4711"),
        ("patient_id", "PID-3(2).1", "4711^^^CLINIC~0815", "0815"),
        ("patient_id", "PID-3.4.2", "4711^^^CLINIC&1.2.3&ISO", "1.2.3"),
        ("patient_id", "PID-3.2", "4711", None),
        ("patient_id", "PID-3.1", " 47 11 ", "47 11"),
        ("accession_number", "OBR-18.0", "^A1^B^^", "A1^B"),
        ("requested_procedure_description", "OBR-4.2", "1^CT \\T\\ more\\.br\\text", "CT & more text"),
        ("patient_name", "PID-5.0", "DOE^JOHN^Q^JR^DR", "DOE^JOHN^Q^DR^JR"),
        ("patient_name", "PID-5.1", "van Hek&van&Hek^JAN", "van Hek"),
        ("patient_name", "PID-5(2).0", "DOE^JOHN~ROE^JANE", "ROE^JANE"),
        ("requesting_physician", "OBR-16.0", "77^SMITH^ANN^^^DR", "SMITH^ANN^^DR"),
        ("patient_id", "PID-3.1", "^^^X~4711^^^CLINIC", "4711"),
        ("patient_id", "PID-3(1).1", "^^^X~4711^^^CLINIC", None),
        ("patient_name", "PID-5.1", '""^JOHN', '""'),
        ("requesting_physician", "OBR-16.1", "SMITH\\T\\SON", "SMITH&SON"),
        ("allergies", "AL1-3.2", "70618^Penicillin^L", "Penicillin"),
        ("allergies", "AL1-3.2", "LATEX", "LATEX"),
        ("allergies", "AL1-3.2", "LATEX~1^Nuts~", "LATEX\\Nuts"),
        ("allergies", "AL1-3.2", '""', None),
        ("allergies", "AL1-3.2", '1^""', "1"),
        ("patient_birth_date", "PID-7.1", "19731215101500", "19731215"),
        ("patient_birth_date", "PID-7.0", "19731215^D", "19731215"),
        ("scheduled_procedure_step_start_time", "ORC-7.4", "1^^^202603141015", "101500"),
        ("scheduled_procedure_step_start_time", "ORC-15.1", "20260314", ""),
        ("scheduled_procedure_step_start_date", "ORC-15", "20260314^D", "20260314"),
        ("patient_sex", "PID-8.1", "f", "F"),
        ("patient_sex", "PID-8.1", "A", "O"),
        ("patient_sex", "PID-8.1", "N", "O"),
        ("patient_sex", "PID-8.1", "U", ""),
        ("patient_sex", "PID-8.1", "Male", "M"),
        ("requested_procedure_priority", "OBR-27.6", "^^^^^S", "STAT"),
        ("requested_procedure_priority", "OBR-5.1", "A", "HIGH"),
        ("requested_procedure_priority", "OBR-5.1", "P", "HIGH"),
        ("requested_procedure_priority", "OBR-5.1", "C", "HIGH"),
        ("requested_procedure_priority", "OBR-5.1", "R", "ROUTINE"),
        ("requested_procedure_priority", "OBR-5.1", "T", "MEDIUM"),
        ("requested_procedure_priority", "OBR-5.1", "Low", "LOW"),
        ("modality", "OBR-24.1", " ct ", "CT"),
        ("scheduled_station_ae_title", "OBR-21.1", "CT1~CT2~", "CT1\\CT2"),
        ("scheduled_station_ae_title", "OBR-21(2).1", "CT1~CT2", "CT2"),
        ("study_instance_uid", "ZDS-1.0", "1.2.840.1^100^Application^DICOM", "1.2.840.1"),
        ("patient_weight", "OBX-5.1", "70,5", "70.5"),
        ("requested_procedure_comments", "NTE-3", "one~two\\.br\\three \\E\\", "one\r\ntwo\r\nthree \\"),
        ("pregnancy_status", "PV1-15", "B6", "3"),
    ],
)
def test_a_field_becomes_a_value(name: str, path: str, field: str, value: str | None) -> None:
    assert convert(name, path, field) == (value, [])


@pytest.mark.parametrize(
    ("name", "path", "field", "value", "warning"),
    [
        ("patient_birth_date", "PID-7.1", "tomorrow", None, "PID-7.1 is not a date."),
        ("patient_birth_date", "PID-7.1", "1973", None, "PID-7.1 is not a whole date."),
        (
            "scheduled_procedure_step_start_date",
            "OBR-6.1",
            "200512301613529400",
            "20051230",
            "OBR-6.1 has more digits than a date: the first 14 were read.",
        ),
        ("patient_sex", "PID-8.1", "X", None, "PID-8.1 is not a value that"),
        ("requested_procedure_priority", "OBR-27.1", "1", None, "OBR-27.1 is not a value that"),
        ("modality", "OBR-24.1", "C/T", None, "OBR-24.1 is not a code that"),
        ("study_instance_uid", "ZDS-1.0", "1.2.x", None, "ZDS-1 is not a valid UID"),
        ("study_instance_uid", "ZDS-1.0", "1." * 40 + "1", None, "ZDS-1 is not a valid UID"),
        ("study_instance_uid", "ZDS-1.0", "1.02.3", "1.02.3", "ZDS-1 is a UID with leading zeros"),
        ("patient_weight", "OBX-5.1", "heavy", None, "OBX-5.1 is not a number"),
        ("accession_number", "ORC-2.1", "A\\E\\1", "A/1", "ORC-2.1 holds a backslash"),
    ],
)
def test_what_is_odd_is_told_with_its_place(
    name: str, path: str, field: str, value: str | None, warning: str
) -> None:
    converted, warnings = convert(name, path, field)
    assert converted == value
    assert len(warnings) == 1
    assert warnings[0].startswith(warning)


def test_a_warning_never_quotes_the_value() -> None:
    for name in ("patient_birth_date", "patient_sex", "modality", "study_instance_uid"):
        _, warnings = convert(name, "PID-7.1", "SMITH/JOHN")
        assert len(warnings) == 1
        assert "SMITH" not in warnings[0]


def test_a_stamp_with_an_offset_comes_to_the_zone_of_the_site() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    stamp = "20260314233000+0000"
    assert convert("scheduled_procedure_step_start_date", "ORC-15.1", stamp, zone) == ("20260315", [])
    assert convert("scheduled_procedure_step_start_time", "ORC-15.1", stamp, zone) == ("083000", [])


@pytest.mark.parametrize(
    ("attribute", "field", "value"),
    [
        ("PatientAge", "045Y", "045Y"),
        ("PatientAge", "45", None),
        ("(0028,0010)", "+0512", "512"),
        ("(0028,0010)", "70000", None),
        ("(0020,0013)", "7", "7"),
        ("(0020,0013)", "7.5", None),
        ("(0018,9073)", "1,5", "1.5"),
        ("ImageType", "original~a-b~primary", "ORIGINAL\\PRIMARY"),
        ("PixelSpacing", "0.5~0.7", "0.5\\0.7"),
        ("RetrieveURL", "https://example.org/a b", None),
        ("RetrieveURL", "https://example.org/a", "https://example.org/a"),
        ("OtherPatientNames", "DOE^JOHN^^JR^DR", "DOE^JOHN^^DR^JR"),
        ("ProtocolName", "Kopf \\E\\ nativ", "Kopf / nativ"),
    ],
)
def test_attributes_outside_of_the_catalogue_are_what_their_vr_can_hold(
    attribute: str, field: str, value: str | None
) -> None:
    reading = Reading(STANDARD, "utf_8", None)
    found = make_converter(read_attribute(attribute), parse_path("OBR-4"))(reading, field)
    assert found == value
    assert bool(reading.warnings) is (value is None or "a-b" in field or "\\E" in field)
