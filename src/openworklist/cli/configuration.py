"""`openworklist settings`: each value and where it came from."""

from __future__ import annotations

from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson, takes_settings
from openworklist.settings import HELP, Loaded


@takes_settings()
def settings(
    loaded: Loaded,
    as_json: AsJson = False,
) -> None:
    """Show every setting, its value, and where the value came from."""
    shown = loaded.shown()
    if as_json:
        print_json({name: {"value": value, "origin": origin} for name, value, origin in shown})
    else:
        rows = [(name, value or "-", origin, HELP[name]) for name, value, origin in shown]
        print_table(("setting", "value", "from", "what it is"), rows)
