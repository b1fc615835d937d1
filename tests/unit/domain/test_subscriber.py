import pytest

from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import SettingsError
from openworklist.domain.subscriber import Subscriber, from_document, to_document

WHOLE = Subscriber(
    "RIS", "HOSP", Destination("ris", 2575, Tls("ca.pem", server_name="ris")), "OMG", "ihe", ("RIS|*", "B|C")
)


@pytest.mark.parametrize("subscriber", [WHOLE, Subscriber("A", "", Destination("::1", 1))])
def test_what_was_written_is_read_again(subscriber: Subscriber) -> None:
    assert from_document(subscriber.name, to_document(subscriber)) == subscriber


@pytest.mark.parametrize(
    ("name", "changes", "where"),
    [
        ("RIS", {}, ""),
        ("|HOSP", {}, ""),
        ("A|B\n", {}, ""),
        ("A|B", {"host": ""}, ".host"),
        ("A|B", {"port": 0}, ".port"),
        ("A|B", {"port": True}, ".port"),
        ("A|B", {"port": "1"}, ".port"),
        ("A|B", {"message": "OMI"}, ".message"),
        ("A|B", {"profile": 1}, ".profile"),
        ("A|B", {"senders": [1]}, ".senders[0]"),
        ("A|B", {"tls": {"password": "x"}}, ".tls.password"),
        ("A|B", {"tls": {"ca": 1}}, ".tls.ca"),
        ("A|B", {"colour": "red"}, ".colour"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(name: str, changes: dict[str, object], where: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_document(name, {**to_document(WHOLE), **changes})
    assert caught.value.where == f"notify '{name}'{where}"


@pytest.mark.parametrize(
    ("senders", "of", "hears"),
    [
        ((), (), True),
        ((), ("RIS|HOSP",), True),
        (("RIS|HOSP",), ("RIS|HOSP",), True),
        (("RIS|*",), ("HIS|HOSP", "RIS|NORTH"), True),
        (("RIS|*",), ("HIS|HOSP",), False),
        (("RIS|*",), (), False),
        (("R?S|[A-Z]",), ("RIS|A",), False),
    ],
)
def test_it_hears_of_the_orders_of_its_systems(
    senders: tuple[str, ...], of: tuple[str, ...], hears: bool
) -> None:
    assert Subscriber("A", "B", Destination("h", 1), senders=senders).hears_of(of) is hears
