"""Which machine and which versions a run was on."""

import os
import platform
import sqlite3
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from benchmarks.postgresql import find_program

_PACKAGES = (
    "openworklist",
    "sqlalchemy",
    "uvloop",
    "starlette",
    "uvicorn",
    "psycopg",
    "pynetdicom",
    "pydicom",
)


def _read_cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _read_version(*command: str) -> str:
    program = find_program(command[0])
    if program is None:
        return "not here"
    found = subprocess.run(
        command, executable=program, capture_output=True, text=True, timeout=10, check=False
    )
    return (found.stdout or found.stderr).splitlines()[0].strip("$ ")


def measure_sync(folder: Path, seconds: float = 1.0) -> float:
    """How often a second this disk makes a written page durable: what one sender cannot exceed."""
    file = folder / "sync-probe"
    handle = os.open(file, os.O_CREAT | os.O_WRONLY)
    try:
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            os.pwrite(handle, b"\0" * 4096, 4096 * (done % 256))
            os.fdatasync(handle)
            done += 1
        return done / (time.perf_counter() - began)
    finally:
        os.close(handle)
        file.unlink()


def describe_machine(folder: Path) -> dict[str, str]:
    """Names and values, in the order in which they are shown; `folder` is where the data lies."""
    packages = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not here"
    return {
        "Processor": f"{_read_cpu_model()}, {os.cpu_count()} cores",
        "Memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "Kernel": f"{platform.system()} {platform.release()}",
        "Disk": f"{measure_sync(folder):,.0f} durable 4 KiB writes a second",
        "Python": f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        "Packages": ", ".join(f"{name} {found}" for name, found in packages.items()),
        "PostgreSQL": _read_version("postgres", "--version"),
        "DCMTK": _read_version("wlmscpfs", "--version"),
        "Orthanc": _read_version("Orthanc", "--version"),
        "Load": f"{os.getloadavg()[0]:.2f}",
    }
