import pytest

from openworklist.domain.destination import Destination, Tls
from openworklist.domain.options import Options
from openworklist.services.sending import Known
from openworklist.ui.compose_form import ComposeForm, check_destination, read_compose_form

TEXT = "MSH|^~\\&|||||||ORM^O01|5|P|2.5\r\nPID|||1||Doe\r\nORC|NW|1"
NOW = 1_773_478_800_000_000


def to_letter(form: ComposeForm) -> bytes:
    options = Options(sending_application="OW", sending_facility="HERE")
    return form.to_letter(options, control_id="X", now=NOW, zone=None).content


def test_the_form_and_the_site_fill_the_header() -> None:
    form = read_compose_form({"application": "HIS", "facility": "CITY", "text": TEXT})
    assert to_letter(form).startswith(b"MSH|^~\\&|OW|HERE|HIS|CITY|2026")


def test_as_it_is_means_as_it_is() -> None:
    form = read_compose_form({"application": "HIS", "text": TEXT, "as_is": "1"})
    assert to_letter(form) == TEXT.replace("\r\n", "\r").encode() + b"\r"


@pytest.mark.parametrize(
    ("host", "port", "wrong"),
    [
        ("his", "2575", []),
        ("::1", "1", []),
        ("", "2575", ["host"]),
        ("a b", "2575", ["host"]),
        ("http://his", "2575", ["host"]),
        ("his", "0", ["port"]),
        ("his", "65536", ["port"]),
        ("his", "9" * 400, ["port"]),
        ("his", "\u0663", ["port"]),
        ("", "", ["host", "port"]),
    ],
)
def test_what_is_no_destination_is_told_beside_its_field(host: str, port: str, wrong: list[str]) -> None:
    assert list(check_destination(ComposeForm(host=host, port=port)).errors) == wrong


def test_a_known_destination_leaves_the_text() -> None:
    known = Known(Destination("his", 2575, Tls(ca="ca.pem")), "HIS", "CITY", 0)
    form = ComposeForm(text="typed", host="other").fill(known)
    assert (form.text, form.destination) == ("typed", known.destination)
    assert (form.application, form.facility) == ("HIS", "CITY")
