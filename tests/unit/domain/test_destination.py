import pytest

from openworklist.domain.destination import Destination


@pytest.mark.parametrize(
    ("host", "name"), [("ris", "ris:2575"), ("192.0.2.1", "192.0.2.1:2575"), ("::1", "[::1]:2575")]
)
def test_a_destination_is_named_as_people_type_it(host: str, name: str) -> None:
    assert Destination(host, 2575).name == name
