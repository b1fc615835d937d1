"""The life of the server process, from its sockets to the last answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from openworklist import __version__
from openworklist.app.first_run import ensure_administrator
from openworklist.app.room import raise_file_limit
from openworklist.app.server import Server
from openworklist.observe import logging as logs
from openworklist.settings import Loaded
from openworklist.store.database import open_database

log = logging.getLogger(__name__)

# Seconds a thread may keep others from running Python: the writer of the database needs it for a moment only,
# before and after it waits for the disk, and the loop is not to be kept by a long search.
_SWITCH_INTERVAL: Final = 0.0001


def run(loaded: Loaded, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets one line when all is ready, and the link of the first
    administrator where there is none.

    Raises ListenError, StoreError and their like when it cannot start.
    """
    settings = loaded.settings
    logs.set_up(settings.log_level)
    raise_file_limit()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    database = open_database(settings.database, Path(settings.data), commit_group=settings.commit_group)
    try:
        server = Server(loaded, database)
        server.bind()
        link = ensure_administrator(settings, server.people, server.web_origins)
        with _runner() as runner:
            runner.run(_serve(server, announce, link))
    finally:
        database.close()


async def _serve(server: Server, announce: Callable[[str], None], link: str) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopping.set)
    await server.start()
    try:
        announce(f"ready: OpenWorklist {__version__} on {server.describe()}")
        if link:
            announce(link)
        await stopping.wait()
    finally:
        # On Windows there are no signal handlers: Ctrl-C cancels the wait.
        log.info("stopping")
        await server.stop()
        log.info("stopped", extra=server.metrics.snapshot())


def _runner() -> asyncio.Runner:
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)
