"""`openworklist serve` and `ready`."""

from __future__ import annotations

from typing import Annotated

import typer

from openworklist.cli.flags import takes_settings
from openworklist.settings import Loaded


@takes_settings
def serve(loaded: Loaded) -> None:
    """Start the server; it stops in order on SIGTERM or Ctrl-C."""
    from openworklist.app import run

    run(loaded.settings, lambda line: print(line, flush=True))


def ready(
    to: Annotated[str, typer.Option(help="Web address of the server, HOST:PORT.")] = "127.0.0.1:3000",
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the answer.")] = 5,
) -> None:
    """Ask a running server whether it is ready; exit 0 if it is."""
    import json
    import sys
    from http.client import HTTPConnection, HTTPException

    from openworklist.cli.flags import parse_address
    from openworklist.domain.errors import PeerError

    host, port = parse_address(to)
    connection = HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        found = json.loads(answer.read(65_536))
        status, problems = found["status"], found.get("problems", {})
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise PeerError(
            f"{to} does not answer like OpenWorklist.",
            where=to,
            hint="is it running, and is this its web port?",
            code="peer.unreachable",
        ) from error
    finally:
        connection.close()
    print(status)
    for name, problem in problems.items():
        print(f"{name}: {problem}", file=sys.stderr)
    raise typer.Exit(0 if answer.status == 200 else 1)
