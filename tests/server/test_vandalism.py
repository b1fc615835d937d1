"""Messages with every kind of defect, over MLLP to a whole server: each is answered, none does harm.

One that did is written to a file, and the assertion says of which seed and number it is.
"""

from __future__ import annotations

import random
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from sqlalchemy import select

from openworklist.hl7.batch import BOM, Splitter
from openworklist.hl7.framing import HEAD_LENGTH, wrap
from openworklist.store.connection import Statement
from openworklist.store.database import open_database
from openworklist.store.schema import messages
from players.hospital import make_order
from players.line import Line
from players.vandal import Broken, Vandal

SEED = 20260314
SENDERS = 4
WINDOW = 50  # messages that a sender sends before it reads the answers
TURNS = 10  # windows of a connection: a listener closes one on which a hundred messages broke off
LARGEST = 150_000  # bytes of a message that the server takes; some are longer
MEGABYTE = 1_000_000
# An acknowledgement is not answered, and enhanced mode may ask for no answer.
SILENT = re.compile(rb"ACK|NE|ER|SU", re.IGNORECASE)

_JOURNAL = Statement(
    select(
        messages.c.raw, messages.c.acknowledgement, messages.c.outcome, messages.c.reason, messages.c.repeats
    ).order_by(messages.c.id)
)


class Window(NamedTuple):
    """What a sender sent in one go, and the answers that it read."""

    numbers: range
    answers: list[bytes]


class Gang:
    """Senders that share the numbers of broken messages among them."""

    def __init__(self, server: Any, vandal: Vandal) -> None:
        self.windows: list[Window] = []
        self.faults: list[str] = []
        self._server = server
        self._vandal = vandal

    def send(self, first: int, last: int) -> None:
        shares = [range(first + sender, last, SENDERS) for sender in range(SENDERS)]
        threads = [threading.Thread(target=self._send_share, args=(share,)) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send_share(self, share: range) -> None:
        windows = [share[at : at + WINDOW] for at in range(0, len(share), WINDOW)]
        for at in range(0, len(windows), TURNS):
            with Line(self._server.hl7) as line:
                for numbers in windows[at : at + TURNS]:
                    try:
                        self.windows.append(Window(numbers, self._send_window(line, numbers)))
                    except (OSError, EOFError, AssertionError) as error:
                        self.faults.append(f"no answer to one of {numbers}: {error!r}"[:1000])
                        return

    def _send_window(self, line: Line, numbers: range) -> list[bytes]:
        """Broken messages and a sound order behind them; the answers before that of the sound one."""
        sound = f"S{numbers[0]}"
        stream = b"".join(self._vandal.message(number).stream for number in numbers)
        for piece in cut(stream + wrap(make_order(sound)), numbers[0]):
            line.send(piece)
        answers = []
        while f"MSA|AA|{sound}-NW-".encode() not in (answer := line.read_frame()):
            answers.append(answer)
        return answers


def cut(stream: bytes, seed: int) -> Iterator[bytes]:
    """The pieces in which a stream arrives: long ones and single bytes."""
    draw = random.Random(seed)
    at = 0
    while at < len(stream):
        end = at + draw.choice((1, 2, 1500, 65_536, 500_000))
        yield stream[at:end]
        at = end


class Journal:
    """What the server says became of each message, by its bytes."""

    def __init__(self, server: Any) -> None:
        self._answers: dict[bytes, list[bytes]] = defaultdict(list)
        self._faults: dict[bytes, str] = {}
        self._halves: set[bytes] = set()
        database = open_database("", server.data, read_only=True)
        try:
            for row in database.read(lambda connection: connection.run(_JOURNAL)):
                self._note(*row)
        finally:
            database.close()

    def _note(self, raw: bytes, answer: bytes, outcome: str, reason: str, repeats: int) -> None:
        key = digest(raw)
        if "broke off" in reason:
            self._halves.add(key)  # nobody waited for that answer
            return
        self._answers[key] += [bytes(answer)] * (repeats + 1)
        if outcome not in ("applied", "ignored", "refused"):
            self._faults[key] = f"it ended as {outcome!r}"
        elif not reason and outcome != "applied":
            self._faults[key] = f"it was {outcome} without a reason"
        elif b"internal-error" in answer or "fault is its own" in reason:
            self._faults[key] = "it was refused for a fault of the server"
        elif not answer and not SILENT.search(raw):
            self._faults[key] = "it has no answer"

    def units(self, content: bytes) -> list[bytes]:
        """The messages as they were journalled: one, or those of a batch; of one over the limit the head."""
        whole = content if len(content) <= LARGEST else content[:HEAD_LENGTH]
        if digest(whole) in self._answers:
            return [whole]
        splitter = Splitter()
        parts = (*splitter.feed(content), *splitter.finish())
        return [BOM + part.content if part.is_utf8 else part.content for part in parts]

    def take_answers(self, content: bytes, answers: list[bytes]) -> int:
        """How many of the answers that a sender read next are those to this message; none is read twice."""
        known = self._answers[digest(content)]
        for count in (1, 2, 0):
            if (read := b"".join(answers[:count])) in known:
                known.remove(read)
                return count
        raise AssertionError("its answer is not that of the journal")

    def check_half(self, content: bytes) -> None:
        key = digest(content if len(content) <= LARGEST else content[:HEAD_LENGTH])
        assert key in self._halves or key in self._answers, "it is not in the journal"

    def check(self, content: bytes) -> None:
        assert digest(content) in self._answers, "it is not in the journal"
        assert digest(content) not in self._faults, self._faults[digest(content)]


def digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def check_window(journal: Journal, window: Window, vandal: Vandal, folder: Path) -> None:
    """Each message is in the journal with a reason, and the answers are those that stand there, in order."""
    answers = list(window.answers)
    for number in window.numbers:
        broken = vandal.message(number)
        try:
            for part in broken.parts:
                if not part.is_answered:
                    journal.check_half(part.content)
                    continue
                for unit in journal.units(part.content):
                    journal.check(unit)
                    del answers[: journal.take_answers(unit, answers)]
        except AssertionError as error:
            pytest.fail(f"{write_out(broken, vandal, folder)}: {error}")
    assert answers == [], f"more answers than messages in {window.numbers} of seed {vandal.seed}"


def write_out(broken: Broken, vandal: Vandal, folder: Path) -> str:
    file = folder / f"seed-{vandal.seed}-message-{broken.number}.hl7"
    file.write_bytes(broken.stream)
    return f"message {broken.number} of seed {vandal.seed} ({', '.join(broken.how)}), written to {file}"


def memory_of(server: Any) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)


@pytest.mark.parametrize(
    ("count", "first", "most"),
    [(2_000, 1_000, 40), pytest.param(100_000, 20_000, 30, marks=pytest.mark.long)],
)
def test_every_broken_message_is_answered_and_ends_with_a_reason(
    start_server: Any, tmp_path: Path, count: int, first: int, most: int
) -> None:
    """And memory is flat: what grows after the `first` is at most so many megabytes, caches that fill up."""
    server = start_server(tmp_path / "data", "--hl7-max-message", str(LARGEST))
    vandal = Vandal(SEED)
    gang = Gang(server, vandal)

    gang.send(0, first)
    before = memory_of(server)
    gang.send(first, count)
    grown = memory_of(server) - before

    assert gang.faults == []
    assert server.stop() == 0
    journal = Journal(server)
    for window in gang.windows:
        check_window(journal, window, vandal, tmp_path)
    log = server.log.read_text()
    assert re.findall(r".* level=(?:error|critical) .*", log) == []
    assert "Traceback" not in log
    assert grown < most * MEGABYTE
