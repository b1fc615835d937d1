import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.profile import preset
from openworklist.services.configuration import Configuration
from openworklist.services.explanation import choose_as_served, explain_messages
from openworklist.services.reading import Reader, Source

ORDER = "MSH|^~\\&|RIS|HOSPITAL|OWL|RAD|20260101||ORM^O01|{}|P|2.5\rPID|||4711||DOE^JÖRG\rORC|NW|{}\rOBR|1\r"


def test_each_message_of_a_file_is_explained() -> None:
    raw = (ORDER.format(1, "A") + ORDER.format(2, "B")).encode("latin_1")
    found = explain_messages(raw, lambda message: preset("classic"))
    assert [(each.number, each.type, each.control_id) for each in found] == [
        (1, "ORM^O01", "1"),
        (2, "ORM^O01", "2"),
    ]
    orders = [each.explanation.orders[0].order for each in found if each.explanation]
    assert [order.values["accession_number"] for order in orders] == ["A", "B"]
    assert {order.values["patient_name"] for order in orders} == {"DOE^JÖRG"}


def test_one_that_cannot_be_read_says_why_and_the_others_are_explained() -> None:
    first = ORDER.format(1, "A").replace("ORC", "PID|||1\rORC")
    found = explain_messages((first + ORDER.format(2, "B")).encode(), lambda message: preset("classic"))
    assert found[0].error is not None
    assert (found[0].error.code, found[0].control_id, found[0].explanation) == (
        "message.segment-order",
        "1",
        None,
    )
    assert found[1].error is None


def test_letters_are_warned_of() -> None:
    (found,) = explain_messages(ORDER.format(1, "A").encode("utf_8"), lambda message: preset("classic"))
    assert found.warnings


def test_a_file_without_messages_is_told() -> None:
    with pytest.raises(MessageError, match="no HL7 message"):
        explain_messages(b"\n\n", lambda message: preset("classic"))


@pytest.mark.parametrize("steps", ["", "IPC|A1|R1|1.2.3|S1|CT\rIPC|A1|R1|1.2.3|S2|MR\r"])
def test_what_is_explained_is_what_the_server_reads(steps: str) -> None:
    raw = (ORDER.format(1, "A") + steps).encode("latin_1")
    (found,) = explain_messages(raw, choose_as_served(Configuration()))
    arrival = Reader(Configuration).read(raw, Source("mllp"), 0)
    assert found.explanation is not None
    orders = [each.order for each in found.explanation.orders]
    assert [order.values for order in orders] == [order.values for order in arrival.orders]
