from openworklist.dicom.dimse import Command, CommandField
from openworklist.dicom.events import CommandReceived, PartReceived
from openworklist.dicom.negotiation import AcceptedContext
from openworklist.listeners.dicom_queue import Queue

CONTEXT = AcceptedContext(1, "1.2", "1.2.840.10008.1.2")
MEGABYTE = 1 << 20


def ask(message_id: int, dataset: bytes | None = None) -> CommandReceived:
    command = Command(CommandField.C_FIND_RQ, message_id, "1.2", dataset is not None, {})
    return CommandReceived(CONTEXT, command, dataset)


def test_what_came_first_goes_first() -> None:
    queue = Queue()
    assert not queue
    queue.put(ask(1))
    queue.put(PartReceived(b"x", True))
    assert queue.first == queue.take() == ask(1)
    assert queue.take() == PartReceived(b"x", True)
    assert not queue


def test_it_is_full_of_many_or_of_large_ones_and_has_room_again() -> None:
    for asked, most in (
        (ask(1), 64),
        (PartReceived(bytes(MEGABYTE // 4), False), 4),
        (ask(1, bytes(MEGABYTE)), 1),
    ):
        queue = Queue()
        for number in range(most):
            assert not queue.is_full, (asked.__class__, number)
            queue.put(asked)
        assert queue.is_full
        queue.take()
        assert not queue.is_full


def test_a_question_that_waits_is_withdrawn_once() -> None:
    queue = Queue()
    for number in (1, 2, 3):
        queue.put(ask(number, bytes(MEGABYTE // 3)))
    queue.put(ask(4, bytes(MEGABYTE)))
    assert queue.withdraw(4) == ask(4, bytes(MEGABYTE))
    assert queue.withdraw(4) is None
    assert not queue.is_full
    queue.clear()
    assert not queue
