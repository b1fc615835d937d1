"""The log: lines of key=value on stderr. Nothing above DEBUG holds what a patient or sender wrote."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

_PLAIN = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {
    "message",
    "asctime",
    "taskName",
}


class KeyValueFormatter(logging.Formatter):
    """`time=… level=… from=… event="…"` and what was given as `extra`; control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        pairs: list[tuple[str, Any]] = [
            ("time", f"{moment}.{int(record.msecs):03}Z"),
            ("level", record.levelname.lower()),
            ("from", record.name.removeprefix("openworklist.")),
            ("event", record.getMessage()),
            *((key, value) for key, value in record.__dict__.items() if key not in _PLAIN),
        ]
        if record.exc_info and record.levelno <= logging.DEBUG:
            pairs.append(("traceback", self.formatException(record.exc_info)))
        elif record.exc_info and record.exc_info[0]:
            # The text of an exception may quote a message, and with it a patient.
            pairs.append(("error", record.exc_info[0].__name__))
        return " ".join(f"{key}={_quote(str(value))}" for key, value in pairs)


def _quote(text: str) -> str:
    if text and text.isprintable() and not set(text) & set(' "='):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in escaped) + '"'


def set_up(level: str) -> None:
    """Send the log of this process to stderr, from `level` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(KeyValueFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("openworklist").setLevel(level)
