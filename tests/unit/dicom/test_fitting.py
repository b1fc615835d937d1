"""Values within what their VR allows, PS3.5 table 6.2-1."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.dicom.fitting import NUMBERS, encode_fitted, encode_numbers, make_fitting
from openworklist.dicom.text import choose
from openworklist.domain.attributes import ATTRIBUTES, BY_NAME, Attribute
from openworklist.domain.extra import read_attribute
from openworklist.domain.shortening import shorten


def encode(attribute: Attribute, text: str, most_bytes: int | None = None) -> bytes:
    if attribute.vr in NUMBERS:
        return encode_numbers(attribute, text, most_bytes)
    fitted = make_fitting(attribute).fit(text)
    return encode_fitted(attribute, fitted, choose([fitted]), most_bytes)


def encode_named(name: str, text: str, most_bytes: int | None = None) -> bytes:
    return encode(BY_NAME[name], text, most_bytes)


@pytest.mark.parametrize(
    ("name", "text", "fitted"),
    [
        ("requested_procedure_description", "x" * 65, "x" * 64),
        ("requested_procedure_description", "a\tb\\c\x85d", "a b/c d"),
        ("requested_procedure_comments", "one\r\ntwo\\three\x07", "one\r\ntwo\\three "),
        ("patient_name", "A" * 70 + "=" + "B" * 70, "A" * 64 + "=" + "B" * 64),
        ("patient_name", "Doe^" + "^" * 64, "Doe"),
        ("allergies", "Nuts\\" + "x" * 70, "Nuts\\" + "x" * 64),
        ("accession_number", "A" * 17, shorten("A" * 17, 16)),
        ("patient_id", "A" * 65, shorten("A" * 65, 64)),
        ("modality", "ct-scan", "CT_SCAN"),
        ("patient_sex", "x" * 20, "X" * 16),
        ("patient_birth_date", "20260314", "20260314"),
        ("patient_birth_date", "14.03.2026", ""),
        ("patient_birth_date", "2026031410", ""),
        ("scheduled_procedure_step_start_time", "101500.123456", "101500.123456"),
        ("scheduled_procedure_step_start_time", "10:15", ""),
        ("patient_weight", "70.5", "70.5"),
        ("patient_weight", "70.12345678901239", "70.1234567890124"),
        ("patient_weight", "0.00000000000000001234", "1.234e-17"),
        ("patient_weight", "heavy", ""),
        ("study_instance_uid", "1.2.03", "1.2.03"),
        ("study_instance_uid", "1.2.x", ""),
        ("study_instance_uid", f"1.{'2' * 63}", ""),
        ("reason_for_the_requested_procedure", "x" * 65, "x" * 64),
        ("scheduled_station_ae_title", f"CT1\\{'M' * 17}", f"CT1\\{shorten('M' * 17, 16)}"),
    ],
)
def test_a_text_is_made_to_fit(name: str, text: str, fitted: str) -> None:
    assert make_fitting(BY_NAME[name]).fit(text) == fitted


def test_bytes_are_padded_as_the_vr_says() -> None:
    assert encode_named("patient_id", "P1A") == b"P1A "
    assert encode_named("study_instance_uid", "1.2") == b"1.2\0"
    assert encode_named("pregnancy_status", "3") == b"\3\0"
    assert encode_named("pregnancy_status", "70000") == encode_named("pregnancy_status", "yes") == b""


@pytest.mark.parametrize(
    ("keyword", "text", "value"),
    [
        ("Rows", "512", b"\0\2"),
        ("TagSpacingFirstDimension", "-1.5", b"\0\0\0\0\0\0\xf8\xbf"),
        ("LossyImageCompressionRatio", "1.5\\2", b"1.5\\2 "),
        ("AcquisitionDuration", "1.5", b"\0\0\0\0\0\0\xf8?"),
        ("DiffusionGradientOrientation", "1\\x\\2", b""),
        ("SimpleFrameList", "1\\2", b"\1\0\0\0\2\0\0\0"),
    ],
)
def test_numbers_are_bytes_where_the_vr_is_one_of_numbers(keyword: str, text: str, value: bytes) -> None:
    assert encode(read_attribute(keyword), text) == value


def test_of_several_numbers_those_that_fit_are_kept() -> None:
    attribute = read_attribute("SimpleFrameList")
    assert encode(attribute, "1\\2", 7) == b"\1\0\0\0"


# Values are left out whole; only of the first one letters are, and they whole too.
@pytest.mark.parametrize(
    ("most_bytes", "expected"),
    [(100, "Nüsse\\Latex"), (12, "Nüsse\\Latex"), (11, "Nüsse\\Latex"), (10, "Nüsse"), (4, "Nüss"), (0, "")],
)
def test_too_many_bytes_are_left_out(most_bytes: int, expected: str) -> None:
    found = encode_named("allergies", "Nüsse\\Latex", most_bytes)
    assert found.decode("latin_1").rstrip(" ") == expected


TEXTS = [row for row in ATTRIBUTES if row.vr in ("LO", "LT", "PN", "SH")]


@given(
    st.sampled_from(TEXTS),
    st.lists(st.sampled_from("aZ^=\\ é漢あ한Ж\r\n"), max_size=80).map("".join),
    st.integers(0, 40).map(lambda half: 2 * half),
)
def test_what_is_left_is_even_within_the_limit_and_letters(
    row: Attribute, text: str, most_bytes: int
) -> None:
    found = encode(row, text, most_bytes)
    assert len(found) % 2 == 0
    assert len(found) <= most_bytes
    whole = encode(row, text)
    assert len(whole) > most_bytes or found == whole
    if choose([make_fitting(row).fit(text)]).terms == ("ISO_IR 192",):
        assert whole.decode("utf_8").startswith(found.decode("utf_8").rstrip(" "))


def test_whatever_a_number_is_it_fits_and_is_the_same_number() -> None:
    cut = make_fitting(BY_NAME["patient_weight"]).fit

    @given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
    def holds(number: Decimal) -> None:
        text = f"{number:f}"
        fitted = cut(text)
        assert len(fitted) <= 16
        assert float(fitted) == pytest.approx(float(number), rel=1e-8, abs=1e-300)

    holds()
