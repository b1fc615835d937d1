"""The command line: one file a command family. Exit codes: 0 done, 1 failed, 2 wrong usage."""

import sys


def main() -> None:
    """What the `openworklist` command runs: errors of ours become one line on stderr."""
    from openworklist.cli.application import application
    from openworklist.domain.errors import OpenWorklistError

    try:
        application()
    except OpenWorklistError as error:
        print(f"openworklist: {error}", file=sys.stderr)
        sys.exit(1)
