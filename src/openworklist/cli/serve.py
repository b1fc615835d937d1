"""`openworklist serve` and `ready`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from openworklist.cli.console import printable
from openworklist.cli.flags import Timeout, parse_address, takes_settings
from openworklist.settings import Loaded


@takes_settings()
def serve(loaded: Loaded) -> None:
    """Start the server; it stops in order on SIGTERM or Ctrl-C."""
    from openworklist.app.run import run

    run(loaded.settings, lambda line: print(line, flush=True))


def ready(
    to: Annotated[str, typer.Option(help="Web address of the server, HOST:PORT.")] = "127.0.0.1:3000",
    timeout: Timeout = 5,
) -> None:
    """Ask a running server whether it is ready; exit 0 if it is."""
    import json
    from http.client import HTTPConnection, HTTPException

    from openworklist.domain.errors import PeerError

    host, port = parse_address(to)
    connection = HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        found = json.loads(answer.read(65_536))
        status, problems = str(found["status"]), dict(found.get("problems", {}))
    except (OSError, HTTPException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise PeerError(
            f"{to} does not answer like OpenWorklist.",
            where=to,
            hint="is it running, and is this its web port?",
            code="peer.unreachable",
        ) from error
    finally:
        connection.close()
    print(printable(status))
    for name, problem in problems.items():
        print(printable(f"{name}: {problem}"), file=sys.stderr)
    raise typer.Exit(0 if answer.status == 200 else 1)
