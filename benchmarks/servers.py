"""Which servers are measured."""

from benchmarks.others import (
    Orthanc,
    OrthancNoDelay,
    Pynetdicom,
    PynetdicomNoDelay,
    Wlmscpfs,
    WlmscpfsNoDelay,
)
from benchmarks.ours import OpenWorklist, OpenWorklistPostgresql
from benchmarks.server import Server


def make_servers() -> list[Server]:
    """Ours first."""
    return [
        OpenWorklist(),
        OpenWorklistPostgresql(),
        WlmscpfsNoDelay(),
        Wlmscpfs(),
        OrthancNoDelay(),
        Orthanc(),
        PynetdicomNoDelay(),
        Pynetdicom(),
    ]
