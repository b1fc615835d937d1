"""Asking a listener something harmless: whether it answers as OpenWorklist does, and how fast."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Final

from openworklist.clients.dicom import Node
from openworklist.clients.web_port import ask
from openworklist.domain.errors import PeerError
from openworklist.hl7.framing import Deframer, Event, TokenQuery, wrap_token
from openworklist.services.doctor.case import Case, Port

PATIENCE: Final = 5.0  # seconds
_PIECE: Final = 4096


def ask_hl7(case: Case, port: Port) -> float:
    """Seconds until a question for no token was answered, which is noted nowhere. PeerError if it was not."""
    began = time.perf_counter()
    try:
        with socket.create_connection((port.target, port.number), PATIENCE) as connection:
            connection.sendall(wrap_token(b""))
            deframer = Deframer()
            events: list[Event] = []
            while not events and time.perf_counter() - began < PATIENCE:
                data = connection.recv(_PIECE)
                if not data:
                    raise _silent(port, "it closed the connection")
                events = deframer.feed(data)
    except OSError as error:
        raise _silent(port, error.strerror or str(error) or type(error).__name__) from error
    if not events or not isinstance(events[0], TokenQuery):
        raise _silent(port, "what it answered is not MLLP")
    return time.perf_counter() - began


def ask_dicom(case: Case, port: Port) -> float:
    """Seconds until C-ECHO was answered. PeerError if not."""
    return Node(port.target, port.number, called=case.ae_title, timeout=PATIENCE).echo()


def ask_web(case: Case, port: Port) -> float:
    """Seconds until /livez was answered. PeerError if not."""
    began = time.perf_counter()
    try:
        answer = ask(port.target, port.number, "/livez", is_secure=port.is_secure, timeout=PATIENCE)
    except (OSError, HTTPException, ValueError) as error:
        raise _silent(port, str(error) or type(error).__name__) from error
    if answer != (200, {"status": "live"}):
        raise _silent(port, "what it answered is not OpenWorklist's")
    return time.perf_counter() - began


def ask_tls(case: Case, port: Port) -> float:
    """Seconds until TLS was agreed upon. PeerError if not. Whose certificate it is, is another check's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    began = time.perf_counter()
    try:
        with (
            socket.create_connection((port.target, port.number), PATIENCE) as plain,
            context.wrap_socket(plain),
        ):
            return time.perf_counter() - began
    except OSError as error:
        raise _silent(port, error.strerror or str(error) or type(error).__name__) from error


PROBES: Final[dict[str, Callable[[Case, Port], float]]] = {
    "HL7": ask_hl7,
    "HL7 TLS": ask_tls,
    "DICOM": ask_dicom,
    "DICOM TLS": ask_tls,
    "web": ask_web,
}


def _silent(port: Port, reason: str) -> PeerError:
    return PeerError(f"It does not answer as OpenWorklist does: {reason}.", where=str(port.number))
