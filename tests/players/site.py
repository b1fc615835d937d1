"""A whole server in this process, without ports, and clients of every role that ask its application."""

import asyncio
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from openworklist.app.server import Server
from openworklist.domain.role import Role
from openworklist.settings import load
from openworklist.store.database import open_database
from openworklist.web.slowed_guesses import SlowedGuesses

with warnings.catch_warnings():  # it would rather have another client
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


ORDERS = sorted((Path(__file__).parents[1] / "data" / "hl7").rglob("*.hl7"))
_SECONDS = 30
_NO_PORTS = ("hl7_port", "hl7_tls_port", "dicom_port", "dicom_tls_port", "web_port")


@dataclass
class Site:
    """`keys` are API keys by role; `loop` is the server's, which runs on a thread of its own."""

    server: Server
    application: FastAPI
    keys: dict[str, str]
    loop: asyncio.AbstractEventLoop

    def client(self, role: str = "") -> TestClient:
        """Who asks as that role, a stranger without one."""
        headers = {"Authorization": f"Bearer {self.keys[role]}"} if role else {}
        return TestClient(self.application, headers=headers, raise_server_exceptions=True)

    def receive(self, raw: bytes) -> dict[str, Any]:
        """Hand an order over."""
        headers = {"Content-Type": "application/hl7-v2"}
        answer = self.client("operator").post("/api/v1/messages", content=raw, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def run_site(data: Path) -> Iterator[Site]:
    """A server on a folder, from its start to its end."""
    loaded = load({"data": str(data), "time_zone": "Europe/Athens", **dict.fromkeys(_NO_PORTS, 0)}, {})
    database = open_database("", data)
    server = Server(loaded, database)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(_SECONDS)
    try:
        keys = {}
        for role in (Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER):
            keys[role.value] = server.people.keys.add(role.value, role, "test")[0]
        keys["revoked"] = server.people.keys.add("revoked", Role.ADMINISTRATOR, "test")[0]
        server.people.keys.revoke("revoked", "test")
        yield Site(server, _make_web(server), keys, loop)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_SECONDS)
        loop.close()
        database.close()


def _make_web(server: Server) -> FastAPI:
    """The application; whoever guesses at tokens is told to wait, and not kept waiting."""
    application: FastAPI = server.make_web()
    desk = application.state.desk
    application.state.desk = replace(desk, slowed_guesses=SlowedGuesses(_not_at_all))
    return application


async def _not_at_all(seconds: float) -> None:
    return None
