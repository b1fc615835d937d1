import pytest

from openworklist.domain.errors import MappingError
from openworklist.hl7.controls import read_controls, translate, write_controls
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile_json import from_json, to_json

TABLE = {"ZC": "CA", "NW 9": "SC CM", "SN": "NA"}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (("ZC", ""), ("CA", "")),
        (("ZC", "IP"), ("CA", "IP")),
        (("NW", "9"), ("SC", "CM")),
        (("NW", "SC"), ("NW", "SC")),
        (("SN", ""), ("NA", "")),
    ],
)
def test_codes_of_a_sender_stand_for_those_of_the_standard(
    sent: tuple[str, str], meant: tuple[str, str]
) -> None:
    assert translate(read_controls(TABLE), *sent) == meant


def test_a_table_is_written_as_it_was_read() -> None:
    assert write_controls(read_controls(TABLE)) == TABLE


@pytest.mark.parametrize("table", [{"ZC": "QQ"}, {"": "CA"}, {"A B C": "CA"}, {"ZC": ""}])
def test_what_stands_for_nothing_is_an_error(table: dict[str, str]) -> None:
    with pytest.raises(MappingError):
        read_controls(table)


@pytest.mark.parametrize("steps", ["", "IPC|A1\r"])
def test_a_mapping_has_the_codes_for_its_variants_too(steps: str) -> None:
    document = {"format": "openworklist-mapping", "version": 1, "name": "own", "base": "classic"}
    profile = from_json({**document, "order_control": TABLE})
    assert to_json(from_json(to_json(profile))) == to_json(profile)
    message = parse(f"MSH|^~\\&|A\rPID|||1||Doe\rORC|zc|1\rOBR|1|1||P\r{steps}")
    (order,) = apply(message, profile)
    assert order.control == "CA"


def test_an_error_has_its_place_in_the_file() -> None:
    document = {"format": "openworklist-mapping", "version": 1, "name": "own", "base": "classic"}
    with pytest.raises(MappingError) as caught:
        from_json({**document, "order_control": {"ZC": "QQ"}})
    assert caught.value.where == "order_control.ZC"
