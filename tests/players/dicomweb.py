"""An archive that answers whatever a test wants, byte by byte: none that is real would."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

_SECONDS = 30

Answers = Callable[[str], bytes | Iterable[bytes]]


@dataclass
class RawArchive:
    """`asked` are the targets of the requests and `heads` all of each; `over` is set when the test ends.

    `answers` gives the bytes for a target, whole or in pieces that leave one by one; what is raised, or an
    empty piece at the end, breaks the connection.
    """

    answers: Answers
    port: int = 0
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/dicom-web"

    def stall(self) -> Iterator[bytes]:
        """Nothing more, until the test is over."""
        self.over.wait(_SECONDS)
        yield b""

    def drip(self, begin: bytes, drop: bytes) -> Iterator[bytes]:
        """A drop now and then, for ever."""
        yield begin
        while not self.over.wait(0.02):
            yield drop


@contextmanager
def run_raw(answers: Answers, *, context: ssl.SSLContext | None = None) -> Iterator[RawArchive]:
    """With `context` over TLS."""
    archive = RawArchive(answers)
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        archive.port = listening.getsockname()[1]

        def accept() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    threads.append(
                        threading.Thread(target=_serve, args=(archive, line, context), daemon=True)
                    )
                    threads[-1].start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield archive
        finally:
            archive.over.set()
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join(_SECONDS)
            for each in threads:
                each.join(_SECONDS)


def _serve(archive: RawArchive, plain: socket.socket, context: ssl.SSLContext | None) -> None:
    with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) if context else plain as line:
        line.settimeout(0.1)
        while (head := _read_head(archive, line)) is not None:
            target = head.split(" ")[1].removeprefix("/dicom-web/")
            archive.asked.append(target)
            archive.heads.append(head)
            answer = archive.answers(target)
            for piece in [answer] if isinstance(answer, bytes) else answer:
                if not piece:
                    return
                line.sendall(piece)


def _read_head(archive: RawArchive, line: socket.socket) -> str | None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        try:
            data = line.recv(65_536)
        except TimeoutError:
            if archive.over.is_set():
                return None
            continue
        if not data:
            return None
        head += data
    return head.decode()


def respond(
    body: bytes = b"", status: int = 200, kind: str = "application/dicom+json", **headers: str
) -> bytes:
    """An answer that is as it should be."""
    given = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in given.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def respond_json(value: Any, **headers: str) -> bytes:
    return respond(json.dumps(value).encode(), **headers)


def study(uid: str, **values: str) -> dict[str, Any]:
    """A study of a search's answer."""
    tags = {"patient_id": ("00100020", "LO"), "date": ("00080020", "DA"), "accession": ("00080050", "SH")}
    given = {tags[name][0]: {"vr": tags[name][1], "Value": [value]} for name, value in values.items()}
    return {"0020000D": {"vr": "UI", "Value": [uid]}, **given}


def instance(uid: str, series: str = "1.2.9", number: int = 1) -> dict[str, Any]:
    """An instance of a search's answer."""
    return {
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.2"]},
        "00080018": {"vr": "UI", "Value": [uid]},
        "0020000E": {"vr": "UI", "Value": [series]},
        "00200013": {"vr": "IS", "Value": [number]},
    }


def make_parts(*files: bytes, boundary: str = "b") -> bytes:
    parts = (
        b"--%s\r\nContent-Type: application/dicom\r\n\r\n%s\r\n" % (boundary.encode(), each) for each in files
    )
    return b"".join(parts) + b"--%s--\r\n" % boundary.encode()


MULTIPART = 'multipart/related; type="application/dicom"; boundary=b'
