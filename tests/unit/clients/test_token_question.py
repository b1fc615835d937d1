"""Answers to a question for tokens, as a client of an HL7 port reads them, in whatever pieces they come."""

import socket
import threading
from collections.abc import Sequence

import pytest

from openworklist.clients.token_question import OfferedStudy, TokenAnswer, ask_for_tokens
from openworklist.domain.destination import Destination
from openworklist.domain.errors import PeerError

TOKEN = "7" + "Ab" * 31 + "9"
STUDIES = tuple(OfferedStudy(f"1.2.{number}", "20190603", "", TOKEN) for number in range(2))
LIST = b"\x10" + b"".join(f"{each.study_uid}\r20190603\r \r{TOKEN}\r".encode() for each in STUDIES) + b"\r"


def ask(*pieces: bytes) -> TokenAnswer:
    """What a port that sends these pieces, and then closes, is understood to say."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(pieces: Sequence[bytes] = pieces) -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(100)
                for piece in pieces:
                    peer.sendall(piece)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            return ask_for_tokens(Destination("127.0.0.1", server.getsockname()[1]), "P1", "latin_1", 30)
        finally:
            thread.join()


def test_the_token_of_a_study() -> None:
    whole = b"\x10" + TOKEN.encode() + b"\r"
    assert ask(whole) == ask(*(bytes([byte]) for byte in whole)) == TokenAnswer(TOKEN)


def test_the_studies_of_a_patient() -> None:
    assert ask(LIST) == ask(*(bytes([byte]) for byte in LIST)) == TokenAnswer(studies=STUDIES)


def test_nothing_is_known() -> None:
    assert ask(b"\x10\r") == TokenAnswer()


@pytest.mark.parametrize("wrong", [b"", b"\x10", LIST[:-9], b"\x0bMSH\x1c\r", b"\x101.2.3\r20190603\r\r"])
def test_what_is_no_answer(wrong: bytes) -> None:
    with pytest.raises(PeerError):
        ask(wrong)
