"""A new password as people and scripts give it: typed twice and not shown, or the first line of stdin.

Never an argument: everybody on the machine could read it in the list of processes.
"""

from __future__ import annotations

import sys

import typer


def read_password() -> str:
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
