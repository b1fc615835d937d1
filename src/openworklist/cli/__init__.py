"""The command line: one file a command family.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 ended by Ctrl-C.
"""

import contextlib
import errno
import os
import sys
import threading
from io import TextIOWrapper
from typing import TextIO

_FAILED = 1
_INTERRUPTED = 130


def main() -> None:
    """What the `openworklist` command runs: whatever goes wrong is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A letter that the terminal or file cannot hold is shown by its number, like \u5c71.
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _run()
        if sys.stdout:
            sys.stdout.flush()
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except OSError as error:
        status = _FAILED
        _forget(sys.stdout)
        # Who reads us may have seen enough, like `head`.
        if error.errno != errno.EPIPE:
            _tell(_describe(error))
    if threading.active_count() > 1:
        # Ctrl-C leaves a thread of the association it broke off, which would never end.
        os._exit(status)
    sys.exit(status)


def _run() -> int:
    """Run the command that was asked for; its exit code."""
    from openworklist.cli.application import application
    from openworklist.domain.errors import OpenWorklistError

    try:
        application()
    except OpenWorklistError as error:
        _tell(str(error))
        return _FAILED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _tell(line: str) -> None:
    try:
        print(f"openworklist: {line}", file=sys.stderr)
    except OSError:
        _forget(sys.stderr)


def _describe(error: OSError) -> str:
    place = f" [{error.filename}]" if error.filename else ""
    return f"{error.strerror or error}{place} ({errno.errorcode.get(error.errno or 0, 'system')})"


def _forget(stream: TextIO) -> None:
    """Let the interpreter not try again, at its end, to write what could not be written."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
