import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from openworklist.clients.mllp import MllpClient, send_message
from openworklist.domain.errors import MessageError, PeerError, Unanswered
from openworklist.hl7.framing import wrap
from openworklist.hl7.receipt import Answer
from players.receiver import Answers, Receiver, accept, closed_port, make_answer


def make_message(control_id: str, modes: str = "|") -> bytes:
    return f"MSH|^~\\&|A|A|B|B|20260314||ORM^O01|{control_id}|P|2.5|||{modes}\rPID|1\r".encode()


def deliver(port: int, message: bytes, timeout: float = 30) -> Answer | None:
    with MllpClient("127.0.0.1", port, timeout=timeout) as client:
        return client.deliver(message)


@contextmanager
def peer(*answers: bytes, is_slow: bool = False) -> Iterator[int]:
    """A port whose one caller gets these answers, one for each of its messages, and is then closed."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(10)

    def play() -> None:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(10)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for answer in answers:
                connection.recv(65536)
                for piece in [answer[i : i + 1] for i in range(len(answer))] if is_slow else [answer]:
                    connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        thread.join(10)
        server.close()


def test_the_acknowledgement_comes_back_without_its_framing() -> None:
    with peer(wrap(b"MSH|ACK")) as port:
        assert send_message("127.0.0.1", port, b"MSH|ORM") == b"MSH|ACK"


def test_several_messages_go_over_one_connection() -> None:
    with peer(wrap(b"one"), b"noise" + wrap(b"two")) as port, MllpClient("127.0.0.1", port) as client:
        assert client.send(b"1") == b"one"
        assert client.send(b"2") == b"two"


def test_an_answer_that_comes_byte_by_byte_is_one_answer() -> None:
    with peer(wrap(b"MSH|ACK"), is_slow=True) as port:
        assert send_message("127.0.0.1", port, b"MSH|ORM") == b"MSH|ACK"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "it closed the connection before it answered"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "it closed the connection before it answered"),
        (b"\x0bMSH|", "its answer broke off"),
    ],
)
def test_a_peer_that_does_not_answer_properly_is_told(answer: bytes, reason: str) -> None:
    with peer(answer) as port, pytest.raises(PeerError, match=reason):
        send_message("127.0.0.1", port, b"MSH|")


def test_a_peer_that_is_silent_is_told_after_the_time_out() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, pytest.raises(PeerError, match=r"did not answer within 0\.1 seconds") as caught:
        send_message("127.0.0.1", server.getsockname()[1], b"MSH|", timeout=0.1)
    assert caught.value.code == "peer.timeout"


def test_a_port_that_nobody_listens_on_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PeerError, match=f"127.0.0.1:{port} cannot be reached") as caught:
        send_message("127.0.0.1", port, b"MSH|", timeout=5)
    assert caught.value.code == "peer.unreachable"


def test_a_port_that_is_no_port_is_told() -> None:
    with pytest.raises(PeerError, match="cannot be reached"):
        send_message("127.0.0.1", 70_000, b"MSH|", timeout=5)


def test_the_acknowledgement_is_read_and_belongs_to_the_message() -> None:
    with Receiver(lambda message: [make_answer(message, "AE", text="No patient.")]) as receiver:
        answer = deliver(receiver.port, make_message("7"))
    assert answer
    assert (answer.code, answer.control_id, answer.text) == ("AE", "7", "No patient.")
    assert receiver.received == [make_message("7")]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda message: [make_answer(message, control_id="8")], "acknowledged another message"),
        (lambda _: [wrap(b"MSH|^~\\&|B\r")], "something else than an acknowledgement"),
        (lambda _: [wrap(b"hello")], "something else than an acknowledgement"),
    ],
)
def test_an_answer_that_is_not_about_the_message_says_nothing(answer: Answers, said: str) -> None:
    with Receiver(answer) as receiver, pytest.raises(Unanswered, match=said) as caught:
        deliver(receiver.port, make_message("7"))
    assert caught.value.code == "peer.wrong-answer"


def test_a_receiver_that_does_not_give_the_control_id_back_is_believed() -> None:
    with Receiver(lambda message: [make_answer(message, control_id="")]) as receiver:
        answer = deliver(receiver.port, make_message("7"))
    assert answer
    assert answer.code == "AA"


def test_in_enhanced_mode_the_result_that_follows_is_waited_for() -> None:
    with Receiver(lambda message: [make_answer(message, "CA"), make_answer(message, "AR")]) as receiver:
        answer = deliver(receiver.port, make_message("7", modes="AL|AL"))
        assert answer
        assert answer.code == "AR"
        other = deliver(receiver.port, make_message("8", modes="AL|NE"))
        assert other
        assert other.code == "CA"


def test_what_was_committed_counts_where_the_result_does_not_come() -> None:
    with Receiver(lambda message: [make_answer(message, "CA")]) as receiver:
        answer = deliver(receiver.port, make_message("7", modes="AL|AL"), timeout=0.1)
    assert answer
    assert answer.code == "CA"


def test_a_refusal_to_commit_is_final() -> None:
    with Receiver(lambda message: [make_answer(message, "CE")]) as receiver:
        answer = deliver(receiver.port, make_message("7", modes="AL|AL"))
    assert answer
    assert answer.code == "CE"


def test_a_message_that_asks_for_no_answer_waits_for_none() -> None:
    with Receiver(lambda _: []) as receiver:
        assert deliver(receiver.port, make_message("7", modes="NE|NE")) is None
        receiver.wait_for(1)


def test_a_late_result_of_an_earlier_message_is_not_taken_for_another_ones() -> None:
    earlier: list[bytes] = []

    def answer(message: bytes) -> list[bytes]:
        late = [make_answer(earlier[-1], "AE")] if earlier else []
        earlier.append(message)
        return [*late, make_answer(message, "CA")]

    with Receiver(answer) as receiver, MllpClient("127.0.0.1", receiver.port) as client:
        answers = [client.deliver(make_message(str(number), modes="AL|ER")) for number in range(5)]
    assert [each and (each.code, each.control_id) for each in answers] == [("CA", str(n)) for n in range(5)]


def test_a_connection_that_the_receiver_closed_in_between_is_made_anew() -> None:
    with Receiver() as receiver, MllpClient("127.0.0.1", receiver.port) as client:
        assert client.deliver(make_message("1"))
        receiver.hang_up()
        assert client.deliver(make_message("2"))
    assert receiver.control_ids == ["1", "2"]


def test_after_an_error_the_next_message_goes_over_a_new_connection() -> None:
    with (
        Receiver(lambda message: None if message == make_message("2") else accept(message)) as receiver,
        MllpClient("127.0.0.1", receiver.port) as client,
    ):
        assert client.deliver(make_message("1"))
        with pytest.raises(Unanswered) as caught:
            client.deliver(make_message("2"))
        assert client.deliver(make_message("3"))
    assert caught.value.code == "peer.closed"
    assert receiver.control_ids == ["1", "2", "3"]


def test_nothing_that_may_have_arrived_is_sent_again_without_saying_so() -> None:
    told: list[str] = []
    seen: list[bytes] = []

    def answer(message: bytes) -> list[bytes] | None:
        seen.append(message)
        return None if len(seen) == 2 else accept(message)

    with Receiver(answer) as receiver, MllpClient("127.0.0.1", receiver.port) as client:
        for number in ("1", "2"):
            assert client.deliver(make_message(number), resend=lambda error: told.append(error.code))
    assert receiver.received == [make_message("1"), make_message("2"), make_message("2")]
    assert told == ["peer.closed"]


def test_the_first_message_of_a_connection_is_never_sent_twice() -> None:
    with (
        Receiver(lambda _: None) as receiver,
        MllpClient("127.0.0.1", receiver.port) as client,
        pytest.raises(Unanswered),
    ):
        client.deliver(make_message("1"), resend=lambda error: pytest.fail(str(error)))
    assert receiver.control_ids == ["1"]


def test_a_receiver_that_is_not_there_yet_is_called_again() -> None:
    pauses: list[float] = []

    with ExitStack() as stack:
        with closed_port() as port:
            pass

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                stack.enter_context(Receiver(port=port))

        with MllpClient("127.0.0.1", port, retries=5, pause=pause) as client:
            assert client.deliver(make_message("1"))
    assert pauses == [0.5, 1, 2]


def test_in_the_end_it_is_told_that_nobody_is_there() -> None:
    pauses: list[float] = []
    with closed_port() as port, pytest.raises(PeerError) as caught:
        MllpClient("127.0.0.1", port, retries=2, pause=pauses.append)
    assert (caught.value.code, len(pauses)) == ("peer.unreachable", 2)
    assert not isinstance(caught.value, Unanswered)  # nothing was sent


def test_who_waits_can_be_freed() -> None:
    with Receiver(lambda _: []) as receiver, MllpClient("127.0.0.1", receiver.port) as client:
        freeing = threading.Thread(target=lambda: (receiver.wait_for(1), client.abort()))
        freeing.start()
        with pytest.raises(Unanswered):
            client.deliver(make_message("1"))
        freeing.join()


def test_a_message_without_a_header_is_not_sent() -> None:
    with Receiver() as receiver:
        with pytest.raises(MessageError):
            deliver(receiver.port, b"PID|1")
        assert deliver(receiver.port, make_message("1"))
    assert receiver.control_ids == ["1"]
