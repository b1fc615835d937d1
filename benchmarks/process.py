"""A server's process tree: started, suspended while another is measured, weighed, ended by its own id."""

import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.pdus import encode_associate


class ServerFailed(Exception):
    """A server did not start, or stopped; the text ends with the last lines it printed."""


def find_free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """One started command and its children."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        self._began = time.perf_counter()
        with log.open("wb") as output:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        self._process = psutil.Process(self._popen.pid)

    def wait_until_answering(self, port: int, called: str, longest: float = 120.0) -> float:
        """Seconds from exec until an association was accepted; raises ServerFailed."""
        request = encode_associate(called)
        while time.perf_counter() - self._began < longest:
            if self._popen.poll() is not None:
                raise ServerFailed(f"ended with status {self._popen.returncode}: {self._tail()}")
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as sock:
                sock.sendall(request)
                if sock.recv(1) == b"\x02":
                    return time.perf_counter() - self._began
            time.sleep(0.005)
        self.stop()
        raise ServerFailed(f"not ready after {longest:.0f} s: {self._tail()}")

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-600:].strip()

    def _tree(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return [self._process, *self._process.children(recursive=True)]
        return []

    def suspend(self) -> None:
        """Take it off the processors (SIGSTOP) so that it cannot disturb the next measurement."""
        for process in self._tree():
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def resume(self) -> None:
        """Let it run again."""
        for process in self._tree():
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def get_cpu_seconds(self) -> float:
        """Processor seconds used so far by the tree, ended children included."""
        used = 0.0
        for process in self._tree():
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                used += times.user + times.system
                if process.pid == self._process.pid:
                    used += times.children_user + times.children_system
        return used

    def get_memory(self) -> int:
        """Resident bytes of the tree."""
        resident = 0
        for process in self._tree():
            with suppress(psutil.NoSuchProcess):
                resident += process.memory_info().rss
        return resident

    def settle(self, longest: float = 30.0) -> None:
        """Wait until what the last measurement left behind is worked off: under 10 % of a core for 0.2 s."""
        until = time.perf_counter() + longest
        while time.perf_counter() < until:
            before = self.get_cpu_seconds()
            time.sleep(0.2)
            if self.get_cpu_seconds() - before < 0.03:
                return

    def stop(self) -> None:
        """SIGTERM, and after 10 seconds SIGKILL, to this tree alone."""
        tree = self._tree()
        for process in tree:
            with suppress(psutil.NoSuchProcess):
                process.resume()
                process.terminate()
        _, alive = psutil.wait_procs(tree, timeout=10)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._popen.wait()
