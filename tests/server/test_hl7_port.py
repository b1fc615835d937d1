"""What broken and hostile senders do to the HL7 port of a whole server, and what the next one notices."""

import random
import re
from pathlib import Path
from typing import Any

import psutil
import pytest

from openworklist.clients.mllp import send_message
from openworklist.hl7.framing import wrap
from openworklist.store.database import open_database
from players.auditor import read_journal
from players.hospital import make_order
from players.line import Line

# Acknowledgements are not answered, nor are those who want no answer.
SAMPLES = sorted(
    path
    for path in (Path(__file__).parents[1] / "data/hl7").glob("*/*.hl7")
    if b"||ACK" not in path.read_bytes()
    and not re.search(rb"MSH(\|[^|\r\n]*){13}\|(NE)?\|NE", path.read_bytes())
)
CUTS = 40  # of each sample: all its bytes are cut at in tests/property
MEGABYTE = 1_000_000


def journal_of(server: Any) -> list[Any]:
    database = open_database("", server.data, read_only=True)
    try:
        return read_journal(database)
    finally:
        database.close()


def verdict(answer: bytes) -> list[bytes]:
    """What an acknowledgement says, without its time and its own number."""
    return answer.split(b"\r")[1:]


def memory_of(server: Any) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)


def is_answered(server: Any, number: str) -> bool:
    """Whether another sender, who did nothing wrong, is served."""
    return b"MSA|AA|" in send_message("127.0.0.1", server.hl7, make_order(number), timeout=10)


def make_garbage(seed: int) -> tuple[bytes, int, int]:
    """Bytes of every kind between and within frames, the number of frames, and of bytes that are in none."""
    draw = random.Random(seed)
    letters = bytes(set(range(256)) - {0x0B, 0x10, 0x1C})
    stream, noise = b"", 0
    frames = 200
    for _ in range(frames):
        outside = bytes(draw.choices(letters, k=draw.randrange(300)))
        stream += outside + wrap(bytes(draw.choices(letters, k=draw.randrange(1, 300))))
        noise += len(outside)
    return stream, frames, noise


def test_garbage_is_journalled_or_counted_to_the_last_byte(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    stream, frames, noise = make_garbage(1)
    with Line(server.hl7) as line:
        line.send(stream + wrap(make_order("AFTER")))
        answers = [line.read_frame() for _ in range(frames + 1)]
    assert b"MSA|AA|AFTER" in answers[-1]
    assert all(re.search(rb"\rMSA\|A[ER]\|", answer) for answer in answers[:-1])
    assert server.stop() == 0
    journal = journal_of(server)
    assert [entry.outcome for entry in journal].count("refused") == frames
    kept = sum(len(wrap(entry.raw)) for entry in journal if entry.outcome == "refused")
    counted = re.search(r"hl7_noise_bytes=(\d+)", server.log.read_text())
    assert counted is not None
    assert int(counted[1]) == noise
    assert kept + noise == len(stream)


@pytest.mark.parametrize("seed", range(5))
def test_any_bytes_at_all_leave_the_connection_fit_for_an_order(server: Any, seed: int) -> None:
    number = f"GARBAGE{seed}"
    with Line(server.hl7) as line:
        line.send(random.Random(seed).randbytes(20_000) + wrap(make_order(number)))
        while f"MSA|AA|{number}".encode() not in line.read_frame():
            pass
    assert is_answered(server, f"{number}NEXT")


def test_a_message_of_20_megabytes_is_refused_with_its_head_kept_and_the_next_is_taken(server: Any) -> None:
    before = memory_of(server)
    head = make_order("TWENTY", control_id="TWENTY")
    with Line(server.hl7) as line:
        line.send(b"\x0b" + head + b"NTE|1||")
        for _ in range(20):
            line.send(b"x" * MEGABYTE)
        line.send(b"\x1c\r" + wrap(make_order("AFTER20")))
        refused, accepted = line.read_frame(), line.read_frame()
    assert b"MSA|AR|TWENTY|" in refused
    assert re.search(rb"2\d{7} bytes", refused)
    assert b"MSA|AA|AFTER20" in accepted
    (entry,) = [entry for entry in journal_of(server) if entry.control_id == "TWENTY"]
    assert entry.outcome == "refused"
    assert entry.raw.startswith(head)
    assert memory_of(server) - before < 60 * MEGABYTE


@pytest.mark.parametrize(
    ("tail", "code"),
    [
        (b"\n" * 4 * MEGABYTE, b"AR"),
        (b"\r\n" * 2 * MEGABYTE, b"AR"),
        (b"\x1b$" * 2 * MEGABYTE, b"A[AER]"),
        (b"\nAAA" * MEGABYTE, b"AR"),
        (b"OBR|1\r" * MEGABYTE, b"A[ER]"),
        (b"PID|||1||" + b"N" * MEGABYTE + b"\r" + b"OBR|1\r" * 900, b"A[AE]"),
    ],
    ids=["line feeds", "blank lines", "half escapes", "wrapped lines", "orders", "orders of a long name"],
)
def test_a_message_made_to_be_hard_to_read_is_answered_and_holds_nobody_up(
    server: Any, tail: bytes, code: bytes, request: pytest.FixtureRequest
) -> None:
    header = b"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314080000||ORM^O01|HARD|P|2.3.1\r"
    before = memory_of(server)
    with Line(server.hl7) as line:
        line.send(wrap(header + tail))
        assert re.search(rb"\rMSA\|" + code + rb"\|HARD", line.read_frame())
    assert memory_of(server) - before < 150 * MEGABYTE
    assert is_answered(server, re.sub(r"\W", "", request.node.name)[-12:])


def test_a_frame_that_never_ends_is_given_up_journalled_and_harms_nobody(
    start_server: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--hl7-frame-timeout", "0.2")
    with Line(server.hl7) as line:
        line.send(b"\x0b" + make_order("HALF")[:100])
        assert is_answered(server, "MEANWHILE")
        assert line.read_rest() == b""
    assert is_answered(server, "AFTER")
    assert server.stop() == 0
    (half,) = [entry for entry in journal_of(server) if entry.outcome == "refused"]
    assert half.raw == make_order("HALF")[:100]
    assert "broke off" in half.reason
    assert "a message was begun and not ended" in server.log.read_text()


def test_a_frame_that_goes_on_for_ever_takes_no_memory_and_is_given_up(
    start_server: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--hl7-frame-timeout", "0.2")
    before = memory_of(server)
    peak = sent = 0
    with Line(server.hl7) as line:
        assert line.is_sent(b"\x0b" + make_order("ENDLESS"))
        while line.is_sent(b"x" * MEGABYTE):
            sent += 1
            peak = max(peak, memory_of(server) - before)
            assert sent < 100_000, "nobody closed the connection"
    assert peak < 60 * MEGABYTE
    assert is_answered(server, "AFTER")
    assert server.stop() == 0
    (entry,) = [entry for entry in journal_of(server) if entry.outcome == "refused"]
    assert entry.control_id == "ENDLESS-NW-20260314080000"


def test_a_sender_that_drips_is_given_up_though_it_is_never_silent(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", "--hl7-frame-timeout", "0.2")
    with Line(server.hl7) as line, Line(server.hl7) as other:
        assert line.is_sent(b"\x0b")
        drops = 0
        while line.is_sent(b"x"):
            # An order of another sender for each byte: the server has looked at it, and time goes by.
            other.send(wrap(make_order(f"D{drops}")))
            assert b"MSA|AA|" in other.read_frame()
            drops += 1
            assert drops < 100_000, "nobody closed the connection"
    assert drops > 10
    assert is_answered(server, "AFTER")
    assert server.stop() == 0


def test_a_frame_without_its_last_byte_is_a_message_when_the_next_begins_and_when_none_does(
    server: Any,
) -> None:
    with Line(server.hl7) as line:
        line.send(wrap(make_order("NOCR1"))[:-1] + wrap(make_order("NOCR2"))[:-1])
        assert b"MSA|AA|NOCR1" in line.read_frame()
        assert b"MSA|AA|NOCR2" in line.read_frame()  # after a silence
        line.send(wrap(make_order("NOCR3")))
        assert b"MSA|AA|NOCR3" in line.read_frame()


def test_every_sample_in_two_pieces_gets_the_answer_of_the_whole(server: Any) -> None:
    """The second piece follows when the server has seen the first: it answered a later question elsewhere."""
    with Line(server.hl7) as line, Line(server.hl7) as other:
        for sample in SAMPLES:
            content = sample.read_bytes().strip(b"\x0b\x1c\r\n").replace(b"\x0b", b"").replace(b"\x1c", b"")
            stream = wrap(content)
            line.send(stream)
            whole = verdict(line.read_frame())
            step = max(1, len(stream) // CUTS)
            for cut in (*range(1, len(stream), step), len(stream) - 1):
                line.send(stream[:cut])
                other.send(b"\x10?\r")
                assert other.read_exactly(2) == b"\x10\r"
                line.send(stream[cut:])
                assert verdict(line.read_frame()) == whole, (sample.name, cut)


def test_who_does_not_read_is_closed_and_everything_that_was_taken_is_on_disk(
    start_server: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--hl7-write-timeout", "0.2")
    before = memory_of(server)
    with Line(server.hl7, buffer=4096) as line:
        sent = 0
        while line.is_sent(wrap(make_order(f"D{sent}", control_id=f"{sent:01500}"))):
            sent += 1
            assert sent < 1_000_000, "nobody closed the connection"
    assert memory_of(server) - before < 100 * MEGABYTE
    assert is_answered(server, "AFTER")
    assert server.stop() == 0
    assert "it does not read its answers" in server.log.read_text()
    assert {entry.outcome for entry in journal_of(server)} <= {"applied", "refused"}


def test_a_batch_is_answered_message_by_message_in_order_and_the_line_goes_on(server: Any) -> None:
    orders = [make_order(f"B{number}", control_id=f"B{number}") for number in range(150)]
    batch = b"BHS|^~\\&|RIS|HOSPITAL\r" + b"".join(orders) + b"BTS|150\r"
    with Line(server.hl7) as line:
        line.send(wrap(make_order("before")) + wrap(batch) + wrap(make_order("after", control_id="after")))
        assert b"MSA|AA|" in line.read_frame()
        answers = [line.read_frame() for _ in orders]
        assert [answer.split(b"\r")[1] for answer in answers] == [
            f"MSA|AA|B{number}".encode() for number in range(150)
        ]
        assert b"MSA|AA|after" in line.read_frame()


def test_a_batch_that_breaks_off_is_kept_and_none_of_it_is_applied(server: Any) -> None:
    begin = b"BHS|^~\\&|RIS|HOSPITAL\r" + make_order("half-1") + make_order("half-2")[:150]
    with Line(server.hl7) as line:
        line.send(b"\x0b" + begin)
        line.end()
        assert line.read_rest() == b""
    kept = [entry for entry in journal_of(server) if entry.raw == begin]
    assert [entry.outcome for entry in kept] == ["refused"]
    assert is_answered(server, "half-1")
