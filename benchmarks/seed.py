"""How our own server is started, and its data folder filled before anything is timed."""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.hl7_load import Senders
from benchmarks.process import ServerFailed, ServerProcess, find_free_port
from benchmarks.worklists import Order, format_hl7


def make_serve_command(folder: Path, dicom_port: int, hl7_port: int) -> list[str]:
    """`openworklist serve` on 127.0.0.1 without pages."""
    command = Path(sys.executable).with_name("openworklist")
    ports = ["--hl7-port", str(hl7_port), "--dicom-port", str(dicom_port), "--web-port", "0"]
    return [str(command), "serve", "--data", str(folder), "--host", "127.0.0.1", *ports]


def seed(folder: Path, orders: Iterable[Order]) -> None:
    """Store the orders by sending each over HL7 to a server on this folder; raises ServerFailed."""
    folder.mkdir(parents=True)
    dicom_port, hl7_port = find_free_port(), find_free_port()
    process = ServerProcess(make_serve_command(folder, dicom_port, hl7_port), {}, folder / "seed.log")
    try:
        process.wait_until_answering(dicom_port, "OPENWORKLIST")
        senders = Senders(("127.0.0.1", hl7_port), _format(orders), count=8, depth=64)
        outcome = senders.run(seconds=float(10**6))
        senders.close()
    finally:
        process.stop()
    if outcome.wrong:
        raise ServerFailed(f"{outcome.wrong} orders refused while seeding, the last with {senders.refusal!r}")


def _format(orders: Iterable[Order]) -> Iterator[bytes]:
    started = time.time_ns()
    for order in orders:
        yield format_hl7(order, f"SEED{started}-{order.number}")
