"""Asking an HL7 port for tokens of studies, as a HIS does."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Final

from openworklist.clients.mllp_connection import connect
from openworklist.domain.destination import Destination
from openworklist.domain.errors import PeerError
from openworklist.hl7.framing import TOKEN_START, wrap_token

_PIECE: Final = 65_536
_MOST: Final = 16 * 1024 * 1024
_LINES: Final = 4  # of a study: UID, date, description, token
# One line without dots: the first line of a patient's studies is a UID.
_TOKEN: Final = re.compile(rb"\x10[A-Za-z0-9]+\r")
_UNKNOWN: Final = b"\x10\r"
_LIST_END: Final = b"\r\r"


@dataclass(frozen=True, slots=True)
class OfferedStudy:
    """A study of a patient with its token. What is not known is empty."""

    study_uid: str
    study_date: str
    study_description: str
    token: str


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """The `token` of a study, or the `studies` of a patient; neither: unknown."""

    token: str = ""
    studies: tuple[OfferedStudy, ...] = ()


def ask_for_tokens(destination: Destination, query: str, codec: str, timeout: float) -> TokenAnswer:
    """Ask for a Study Instance UID or a Patient ID; PeerError unless it is answered in so many seconds."""
    with connect(destination, timeout) as peer:
        try:
            peer.sendall(wrap_token(query.encode(codec)))
            deadline = time.monotonic() + timeout
            answer = b""
            while not _is_whole(answer):
                peer.settimeout(max(deadline - time.monotonic(), 0.001))
                piece = peer.recv(_PIECE)
                if not piece or len(answer) > _MOST:
                    raise _broken(destination, "it ended in the middle" if answer else "nothing came")
                answer += piece
        except OSError as error:
            raise _broken(destination, error.strerror or str(error) or type(error).__name__) from error
    return parse_answer(answer, codec, destination)


def parse_answer(answer: bytes, codec: str, destination: Destination) -> TokenAnswer:
    """What stands in a whole answer, the framing bytes with it; PeerError if it has another form."""
    if answer[0] != TOKEN_START:
        raise _broken(destination, "it does not begin with 0x10")
    lines = [line.decode(codec, "replace") for line in answer[1:].split(b"\r")[:-1]]
    if not any(lines):
        return TokenAnswer()
    if len(lines) == 1:
        return TokenAnswer(lines[0])
    lines.pop()  # the empty one at the end
    if len(lines) % _LINES:
        raise _broken(destination, "its lines are no studies")
    stripped = [line.strip() for line in lines]
    studies = (OfferedStudy(*stripped[at : at + _LINES]) for at in range(0, len(stripped), _LINES))
    return TokenAnswer(studies=tuple(studies))


def _is_whole(answer: bytes) -> bool:
    if answer and answer[0] != TOKEN_START:
        return True  # which who parses it tells
    return answer == _UNKNOWN or _TOKEN.fullmatch(answer) is not None or answer.endswith(_LIST_END)


def _broken(destination: Destination, why: str) -> PeerError:
    return PeerError(
        f"{destination.name} did not answer a question for tokens as it should: {why}.",
        where=destination.name,
        hint="check that it is an HL7 port that gives tokens, and whether it wants TLS",
    )
