import pytest
import typer

from openworklist.cli.flags import parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:3001", ("127.0.0.1", 3001)),
        ("ris.hospital.example:2575", ("ris.hospital.example", 2575)),
        ("[::1]:3001", ("::1", 3001)),
    ],
)
def test_an_address_is_host_and_port(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "host", "host:", ":3001", "host:0", "host:65536", "host:٣", "::1:3001"])
def test_anything_else_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_address(text)
