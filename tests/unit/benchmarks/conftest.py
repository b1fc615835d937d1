"""Runs made by hand, and the root of the repository on the path: `benchmarks` is not installed."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind

sys.path.insert(0, str(Path(__file__).parents[3]))

MACHINE = {"Processor": "Abacus, 2 cores", "Memory": "24 GiB", "Load": "0.10", "Disk": "9,000 writes"}


@pytest.fixture
def make_result() -> Callable[..., Any]:
    from benchmarks.results import Result

    def make(measure: str = "cycle", server: str = "OpenWorklist", value: float = 100.0, **more: Any) -> Any:
        given = {"stored": 1000, "load": 1, "unit": "/s", "taken": "2026-11-25T02:21:07+00:00", **more}
        return Result(measure, server, rounds=(value,), **given)

    return make


@pytest.fixture
def make_run() -> Callable[..., Any]:
    from benchmarks.results import Run, Session

    def make(*results: Any, began: str = "2026-11-25T02:21:07+00:00", **more: Any) -> Any:
        machine = {**MACHINE, **more.pop("machine", {})}
        session = Session(began, more.pop("command", "make bench"), 3, 2.0, machine)
        return Run([session], [*results], **more)

    return make


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., tuple[str, int]]]:
    """Serves orders with pynetdicom, a server that the project did not write; returns its address."""
    from benchmarks.pynetdicom_server import answer_find, fill_database, set_no_delay

    started = []

    def start(orders: Any) -> tuple[str, int]:
        path = tmp_path / "worklist.sqlite"
        fill_database(path, orders)
        entity = AE(ae_title="OPENWORKLIST")
        entity.add_supported_context(ModalityWorklistInformationFind)
        handlers: Any = [(evt.EVT_C_FIND, answer_find, [str(path)]), (evt.EVT_CONN_OPEN, set_no_delay)]
        server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
        started.append(server)
        return "127.0.0.1", int(server.socket.getsockname()[1])

    yield start
    for server in started:
        server.shutdown()
