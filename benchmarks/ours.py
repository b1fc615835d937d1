"""OpenWorklist, on the embedded database and on PostgreSQL, started as people start it."""

import importlib.util
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.postgresql import Cluster, find_missing_programs
from benchmarks.process import ServerProcess
from benchmarks.results import COMPARED, OURS
from benchmarks.seed import seed
from benchmarks.server import Ports, Running, Server
from benchmarks.worklists import make_worklist


class OpenWorklist(Server):
    """This project, as `openworklist serve` starts it, with every listener, on the embedded database."""

    name = OURS
    prepared_as = "openworklist"
    parts: tuple[str, ...] = ("dicom", "idle", "hl7", "startup")
    sizes = range(1_000_000 + 1)
    idle_counts = (100, 500, 5000)
    connection_counts: tuple[int, ...] = (500, 5000)

    def find_missing(self) -> str:
        """Empty when the package can be found."""
        return "" if importlib.util.find_spec("openworklist.app") else "run `make setup`"

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """Store the records through the project's own way in."""
        seed(folder, make_worklist(count, day))

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """The installed command beside this interpreter; only ports and limits by address are no defaults."""
        command = str(Path(sys.executable).with_name("openworklist"))
        numbers = [
            "--hl7-port",
            f"{ports.hl7}",
            "--dicom-port",
            f"{ports.dicom}",
            "--web-port",
            f"{ports.web}",
        ]
        # All callers of a measurement come from one address.
        limits = ["--hl7-max-per-address", "0", "--dicom-max-per-address", "0"]
        return [command, "serve", "--data", str(folder), "--host", "127.0.0.1", *numbers, *limits]

    def wait(self, process: ServerProcess, ports: Ports) -> float:
        """Until it says that every listener is ready."""
        return process.wait_until_printed("ready:")


class OpenWorklistPostgresql(OpenWorklist):
    """The same on a PostgreSQL of its own, with that one's defaults: every commit waits for the disk."""

    name = f"{OURS}, PostgreSQL"
    prepared_as = "openworklist-postgresql"
    # Nothing to weigh: resident memory would count PostgreSQL's shared buffers once a process.
    parts = ("dicom", "hl7")
    sizes = range(COMPARED, COMPARED + 1)
    connection_counts = ()

    def find_missing(self) -> str:
        """Empty when PostgreSQL's programs and the driver are here too."""
        if importlib.util.find_spec("psycopg") is None:
            return "pip install 'openworklist[postgresql]'"
        return super().find_missing() or find_missing_programs()

    def prepare(self, folder: Path, count: int, day: date) -> None:
        """A database cluster beside the data folder."""
        cluster = Cluster(folder / "cluster")
        cluster.create()
        with cluster.serve():
            seed(folder / "data", make_worklist(count, day), cluster.get_url())

    def copy(self, filled: Path, folder: Path) -> None:
        """Its files belong to whoever runs PostgreSQL."""
        super().copy(filled, folder)
        Cluster(folder / "cluster").hand_over()

    def make_command(self, folder: Path, ports: Ports) -> Sequence[str]:
        """With the URL of the cluster, which has been started."""
        url = Cluster(folder / "cluster").get_url()
        return [*super().make_command(folder / "data", ports), "--database", url]

    def start(self, folder: Path, log: Path) -> Running:
        """First the cluster, then the server."""
        cluster = Cluster(folder / "cluster")
        with ExitStack() as stack:
            stack.enter_context(cluster.serve())
            running = self._launch(folder, log, [cluster.get_process_id()])
            after = stack.pop_all()  # from here on `Running.stop` ends the cluster
        return replace(running, after=after)
