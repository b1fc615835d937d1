"""A server's process tree: started, suspended while another is measured, weighed, ended by its own id."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil

from benchmarks.pdus import encode_associate

_POLL = 0.005  # seconds between two looks whether a server is ready


class ServerFailed(Exception):
    """A server did not start, or stopped; the text ends with the last lines it printed."""


def find_free_ports(count: int) -> list[int]:
    """TCP ports on 127.0.0.1 that nobody listens on, all different."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class ServerProcess:
    """One started command and its children.

    `beneath` are processes that work for it and that somebody else ends, such as a database's: they are
    suspended and weighed with it.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], log: Path, beneath: Sequence[int] = ()
    ) -> None:
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
        self._beneath = [psutil.Process(number) for number in beneath]

    def wait_until_answering(self, port: int, called: str, longest: float = 120.0) -> float:
        """Seconds from exec until an association was accepted; raises ServerFailed."""
        request = encode_associate(called)
        for _ in self.look(longest):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as sock:
                sock.sendall(request)
                if sock.recv(1) == b"\x02":
                    break
        return time.perf_counter() - self._began

    def wait_until_printed(self, start: str, longest: float = 120.0) -> float:
        """Seconds from exec until it printed a line that starts so; raises ServerFailed."""
        for _ in self.look(longest):
            if any(line.startswith(start) for line in self._log.read_text(errors="replace").splitlines()):
                break
        return time.perf_counter() - self._began

    def look(self, longest: float) -> Iterator[None]:
        """A turn for each look, until the caller has seen enough; raises ServerFailed."""
        while time.perf_counter() - self._began < longest:
            if self._popen.poll() is not None:
                raise ServerFailed(f"ended with status {self._popen.returncode}: {self._tail()}")
            yield
            time.sleep(_POLL)
        self.stop()
        raise ServerFailed(f"not ready after {longest:.0f} s: {self._tail()}")

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-600:].strip()

    def _own(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return [self._process, *self._process.children(recursive=True)]
        return []

    def _tree(self) -> list[psutil.Process]:
        found = self._own()
        for process in self._beneath:
            with suppress(psutil.NoSuchProcess):
                found += [process, *process.children(recursive=True)]
        return found

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
                if process == self._process or process in self._beneath:
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
        """SIGTERM, and after 10 seconds SIGKILL, to its own tree alone."""
        self.resume()
        own = self._own()
        for process in own:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        _, alive = psutil.wait_procs(own, timeout=10)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._popen.wait()
