"""Somebody who means harm: what is sent, typed or uploaded is markup, control signs or far too much."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import closing
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import quote, urlencode

from openworklist.clients.mllp import send_message
from players.scanner import ask_for_status, make_question

MARKUP: Final = "<script>document.title='owned'</script>"
HANDLER: Final = "\"'><img src=x onerror=document.title='owned'>"
OVERRIDE: Final = "\u202egnp.\u2066exe\u2028\ufeff"
CONTROL: Final = "\x07\x1b[31m\x7f\x85\x01"
LONG: Final = "W" * 64_000
SENDER: Final = f"{MARKUP}|{HANDLER}"
SCANNER: Final = "<svg/onload=x>'\""  # 16 letters are all that an AE title has
FILE_NAME: Final = "<img src=x onerror=alert(1)>\u202e.hl7"
HUGE: Final = 7_000_000  # what is taken; beyond 8 MB nothing is


def make_order(number: int, *texts: str, more: str = "") -> bytes:
    """An order whose every value is one of the texts in turn."""

    def pick(place: int) -> str:
        return texts[place % len(texts)].replace("|", "").replace("^", "")

    control = f"{number}{pick(0)[:60]}"
    return (
        f"MSH|^~\\&|{SENDER}|OW|RAD|20260314080000||ORM^O01|{control}|P|2.3.1||||||UNICODE UTF-8\r"
        f"PID|||H{number}{pick(1)}^^^{pick(2)}||{pick(0)}^{pick(1)}^{pick(2)}||{pick(3)}|{pick(0)}\r"
        f"ORC|NW|A{number}{pick(1)}|||||||||||||20260314101500\r"
        f"OBR||||R{number}{pick(2)}^{pick(0)}||||||||||||{pick(1)}||CT|||{pick(3)[:16]}|||{pick(2)}\r"
        f"AL1|1||X^{pick(0)}\rNTE|1||{pick(1)}\r{more}"
    ).encode()


ORDERS: Final = (
    make_order(1, MARKUP, HANDLER),
    make_order(2, HANDLER, MARKUP, OVERRIDE, CONTROL),
    make_order(3, OVERRIDE, CONTROL),
    make_order(4, LONG, MARKUP),
    make_order(5, MARKUP, more="OBX|1|TX|||" + "x" * HUGE + "\r"),
)
REFUSED: Final = (
    make_order(6, MARKUP, more="OBX|1|TX|||" + "x" * 10_000_000 + "\r"),
    b"PK\x03\x04\x14\x00<script> \x00\x01",
    MARKUP.encode(),
    f"MSH|{MARKUP}".encode(),
)


def zip_files(*contents: bytes) -> bytes:
    """What is a ZIP, whatever its name says."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.hl7", content)
    return target.getvalue()


def make_bomb() -> bytes:
    """Some ten kilobytes that become gigabytes for whom it unpacks."""
    layer = zip_files(bytes(100_000_000))
    for _ in range(2):
        layer = zip_files(*[layer] * 10)
    return layer


def spoil(server: Any) -> None:
    """Send, ask and save all of it, by every door of a running server that has no login."""
    for order in (*ORDERS, *REFUSED):
        send_message("127.0.0.1", server.hl7, order)
    ask_for_status(server.dicom, make_question(PatientName="<b>*", PatientID=HANDLER), calling=SCANNER)
    values = {
        "patient_name": f"{MARKUP}^{OVERRIDE}",
        "patient_id": HANDLER[:60],
        "requested_procedure_id": "<b>1",
        "requested_procedure_description": HANDLER[:60],
        "medical_alerts": MARKUP,
        "allergies": OVERRIDE,
    }
    profile = {"format": "openworklist-mapping", "version": 1, "base": "classic"}
    rule = {"effect": "leave", "when": {"requested_procedure_id": [MARKUP]}}
    name = quote(HANDLER)
    for method, path, body in (
        ("POST", "records", {"values": values}),
        ("POST", "outbound", {"message": ORDERS[1].decode(), "host": "127.0.0.1", "port": 1}),
        ("PATCH", f"nodes/{name}", {"host": "127.0.0.1", "port": server.dicom, "ae_title": "<b>"}),
        ("PATCH", f"scanners/{quote('<i>&')}", {"description": MARKUP}),
        ("PUT", f"subscribers/{name}%7C{name}", {"host": "127.0.0.1", "port": 1}),
        ("PUT", f"rules/filters/{name}", {"document": rule}),
        ("PUT", f"mappings/{name}", {"mapping": profile, "note": MARKUP}),
    ):
        call(server, method, f"/api/v1/{path}", body)
    for order in ORDERS[:2]:
        post(server, "/import", text=order.decode().replace("\r", "\n"))


def call(server: Any, method: str, path: str, body: object) -> None:
    """A request to REST, which is to succeed."""
    status, said = _ask(server, method, path, json.dumps(body).encode(), "application/json")
    assert status < 300, said


def post(server: Any, path: str, **values: object) -> str:
    """Where a form leads to, "" for nowhere."""
    status, place = _ask(
        server, "POST", path, urlencode(values).encode(), "application/x-www-form-urlencoded"
    )
    assert status in (200, 303), place
    return place if status == 303 else ""


def _ask(server: Any, method: str, path: str, body: bytes, kind: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", server.web)) as connection:
        origin = f"http://127.0.0.1:{server.web}"
        headers = {"Content-Type": kind, "Origin": origin, "If-Match": "*", "Host": origin[7:]}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        said = answer.read().decode()
        return answer.status, answer.headers.get("Location") or said
