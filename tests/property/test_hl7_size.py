"""The work that a message makes grows with its length, whatever it is made of."""

import sys
import tracemalloc
from types import FrameType

import pytest

from openworklist.domain.names import folded_groups
from openworklist.hl7.profile import preset
from openworklist.services.configuration import using
from openworklist.services.reading import Arrival, Reader, Source

READER = Reader(using(preset("classic")))
SOURCE = Source("file", "big.hl7")
HEADER = "MSH|^~\\&|HIS|CLINIC|OWL|RAD|20260314101500||ORM^O01|42|P|2.3.1\r"
ORDER = "ORC|NW|A1\rOBR|1|||P^T\r"
STEPS = ORDER + "IPC|x\r" * 150
LARGE = 8 * 1024 * 1024

# What stands before, what is repeated, and what stands behind.
SHAPES = {
    "carriage returns": (HEADER + "PID|||1||DOE\r" + ORDER, "\r", ""),
    "line feeds": (HEADER + "PID|||1||DOE\r" + ORDER, "\n", ""),
    "lines of a letter": (HEADER + "PID|||1||DOE\r" + ORDER, "a\r", ""),
    "lines of a letter with line feeds": (HEADER.replace("\r", "\n") + "PID|||1||DOE\nORC|NW|1\n", "a\n", ""),
    "wrapped base64": (HEADER + "PID|||1||DOE\r" + ORDER + "OBX|1|ED|x||", "QUJD" * 19 + "\r\n", ""),
    "blank lines": (HEADER + "PID|||1||DOE\r" + ORDER, " \r\n", ""),
    "segments": (HEADER + "PID|||1||DOE\r" + ORDER, "ZZZ|" + "x" * 60 + "\r", ""),
    "notes": (HEADER + "PID|||1||DOE\r" + ORDER, "NTE|1||" + "x" * 60 + "\r", ""),
    "a header that goes on": ("MSH|^~\\&|HIS", "\r", "\r" + ORDER),
    "a header of escapes": ("MSH|^~\\&|HIS", "\x1b$", "\r" + ORDER),
    "an encoding that goes on": ("MSH|", "^", "|HIS\rPID|||1||DOE\r" + ORDER),
    "a long name": (HEADER + "PID|||1||", "DOE^JANE~", "\r" + STEPS),
    "a name of escapes": (HEADER + "PID|||1||", "\\X41\\", "\r" + STEPS),
    "a name of backslashes": (HEADER + "PID|||1||", "\\", "\r" + STEPS),
    "a long ID": (HEADER + "PID|||", "^^^X~", "||DOE\r" + STEPS),
    "a long date": (HEADER + "PID|||1||DOE||", "2026", "\r" + STEPS),
    "shared allergies": (HEADER + "PID|||1||DOE\r", "AL1|||a^" + "b" * 60 + "\r", STEPS),
    "shared notes": (HEADER + "PID|||1||DOE\r" + ORDER, "NTE|1||" + "x" * 60 + "\r", "IPC|x\r" * 150),
    "designations": (HEADER + "PID|||1||DOE\r" + ORDER + "NTE|1||", "\x1b$B;3ED\x1b(B", ""),
    "umlauts": (HEADER + "PID|||1||DOE\r" + ORDER + "NTE|1||", "ü", ""),
}


def build(shape: str, size: int) -> bytes:
    before, unit, behind = SHAPES[shape]
    return (before + unit * (size // len(unit)) + behind).encode()


def count_calls(raw: bytes) -> tuple[Arrival, int]:
    """What a message is read as, and how many functions that took, ours and the interpreter's."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1

    READER.read(raw, SOURCE, 0)  # what is made ready once a process is not counted
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        arrival = READER.read(raw, SOURCE, 0)
    finally:
        sys.setprofile(before)
    return arrival, calls


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_length_is_twice_the_work_at_most(shape: str) -> None:
    _, base = count_calls(build(shape, 0))
    _, once = count_calls(build(shape, 20_000))
    _, twice = count_calls(build(shape, 40_000))
    assert twice - base <= 2.1 * (once - base) + 100


@pytest.mark.parametrize(
    ("shape", "most"), [("shared allergies", 6), ("a long name", 6), ("shared notes", 6)]
)
def test_what_steps_share_is_looked_at_once(shape: str, most: int) -> None:
    """150 steps: if each read it anew, the work would be hundreds of times that of one."""
    before, unit, behind = SHAPES[shape]
    shared = before + unit * (40_000 // len(unit))
    _, one = count_calls((shared + behind.replace("IPC|x\r" * 150, "IPC|x\r")).encode())
    arrival, many = count_calls((shared + behind).encode())
    _, bare = count_calls((before + behind).encode())
    assert len(arrival.orders) == 150
    assert many <= bare + most * one


def test_what_is_long_is_not_remembered() -> None:
    """What is read once for many messages is kept, but not when it is as long as a message."""
    tracemalloc.start()
    try:
        for number in range(300):
            stamp, name = f"{number}" + "9" * 50_000, f"{number}" + "D" * 50_000
            header = HEADER.replace("20260314101500", stamp)
            arrival = READER.read(f"{header}PID|||1||{name}\r{ORDER}".encode(), SOURCE, 0)
            folded_groups(str(arrival.orders[0].values["patient_name"]))
            if number == 10:
                before = tracemalloc.get_traced_memory()[0]
        assert tracemalloc.get_traced_memory()[0] - before < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_eight_megabytes_of_anything_are_read(shape: str) -> None:
    # Where the square of the length was at work, this took hours.
    arrival = READER.read(build(shape, LARGE), SOURCE, 0)
    assert arrival.error is None or "MSH" in arrival.error.where
    assert arrival.control_id in ("42", "")
