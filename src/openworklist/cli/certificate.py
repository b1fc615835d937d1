"""`openworklist certificate`: certificates to try TLS with."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from openworklist.cli.console import printable


def certificate(
    out: Annotated[Path, typer.Option(help="Folder for the files; it is made if need be.")],
    name: Annotated[
        list[str] | None,
        typer.Option(help="Host name or address of the server; may be repeated. Without it: this machine's."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days that the pairs are valid.")] = 365,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the pairs of server and client in the folder.")
    ] = False,
) -> None:
    """Make a test authority and certificates for the server and a client (ca, server, client; PEM).

    An authority that the folder holds already signs the new pairs: who trusts it goes on doing so.
    """
    from openworklist.services.certificate_making import make_certificates

    names = tuple(dict.fromkeys(name or (socket.gethostname(), "localhost", "127.0.0.1", "::1")))
    made = make_certificates(out, names, days=days, force=force)
    for path in made.paths:
        print(printable(str(path)))
    print(
        printable(f"for {', '.join(names)}; the authority was {'made' if made.is_new_authority else 'kept'}")
    )
