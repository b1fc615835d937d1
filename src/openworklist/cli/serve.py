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

    run(loaded, lambda line: print(line, flush=True))


def ready(
    to: Annotated[str, typer.Option(help="Web address of the server, HOST:PORT.")] = "127.0.0.1:3000",
    tls: Annotated[
        bool, typer.Option("--tls", help="Ask by https; whose certificate it is, is not looked at.")
    ] = False,
    timeout: Timeout = 5,
) -> None:
    """Ask a running server whether it is ready; exit 0 if it is."""
    from http.client import HTTPException

    from openworklist.clients.web_port import ask
    from openworklist.domain.errors import PeerError

    host, port = parse_address(to)
    try:
        code, found = ask(host, port, "/readyz", is_secure=tls, timeout=timeout)
        status, problems = str(found["status"]), dict(found.get("problems", {}))
    except (OSError, HTTPException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise PeerError(
            f"{to} does not answer like OpenWorklist.",
            where=to,
            hint="is it running, and is this its web port? With web_tls it is asked with --tls",
            code="peer.unreachable",
        ) from error
    print(printable(status))
    for name, problem in problems.items():
        print(printable(f"{name}: {problem}"), file=sys.stderr)
    raise typer.Exit(0 if code == 200 else 1)
