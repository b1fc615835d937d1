"""Looks from outside, as a scanner does, whether every acknowledged order is stored, and stored once."""

import re
import socket
from collections import Counter
from collections.abc import Iterable
from io import BufferedIOBase

from benchmarks.batches import Batch
from benchmarks.pdus import RELEASE, STATUS, encode_associate, encode_question, split_data
from benchmarks.process import ServerFailed

# (0008,0050) Accession Number, ten characters long, in Implicit VR Little Endian.
_ACCESSION_NUMBER = re.compile(rb"\x08\x00\x50\x00\x0a\x00\x00\x00(A[0-9]{9})")
_ACCEPTED, _DATA = 2, 4  # types of PDU (PS3.8 9.3)


def check_stored(port: int, called: str, batch: Batch, acknowledged: int) -> None:
    """Ask for every station of a batch; raises ServerFailed if an order is missing or there twice."""
    found: list[str] = []
    day = batch.day.strftime("%Y%m%d")
    for station in batch.stations:
        found += find_accession_numbers(port, called, station, day)
    missing, twice = compare(batch.list_accession_numbers(acknowledged), found)
    if missing or twice:
        raise ServerFailed(
            f"of {acknowledged:,} acknowledged orders {missing:,} are missing, {twice:,} twice"
        )


def compare(acknowledged: Iterable[str], found: Iterable[str]) -> tuple[int, int]:
    """How many of the acknowledged are missing, and how many of the found are there more than once."""
    counts = Counter(found)
    missing = sum(number not in counts for number in acknowledged)
    return missing, sum(count > 1 for count in counts.values())


def find_accession_numbers(port: int, called: str, station: str, day: str) -> list[str]:
    """Those in the answers to one question; raises ServerFailed."""
    question = encode_question(station, day, 0)
    with socket.create_connection(("127.0.0.1", port), 60) as sock, sock.makefile("rb") as stream:
        sock.sendall(encode_associate(called))
        _read_pdu(stream, _ACCEPTED)
        sock.sendall(question.request)
        answers = _read_answers(stream)
        sock.sendall(RELEASE)
    return [number.decode() for number in _ACCESSION_NUMBER.findall(answers)]


def _read_answers(stream: BufferedIOBase) -> bytes:
    """The identifiers of all answers, one after the other."""
    identifiers, command = bytearray(), b""
    while True:
        for is_command, is_last, fragment in split_data(_read_pdu(stream, _DATA)):
            if not is_command:
                identifiers += fragment
                continue
            command += fragment
            if is_last:
                status = command[command.rfind(STATUS) + len(STATUS) :][:2]
                if status == b"\0\0":
                    return bytes(identifiers)
                if status not in (b"\x00\xff", b"\x01\xff"):
                    raise ServerFailed(f"a question was answered with status {status[::-1].hex()}")
                command = b""


def _read_pdu(stream: BufferedIOBase, wanted: int) -> bytes:
    head = stream.read(6)
    body = stream.read(int.from_bytes(head[2:], "big"))
    if len(head) < 6 or head[0] != wanted:
        raise ServerFailed(f"a PDU of type {wanted} was expected, but {head[:1].hex() or 'the end'} came")
    return body
