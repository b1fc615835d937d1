"""What goes between the server and a process that decodes: JSON, and bytes behind it.

No pickle: a process that hostile pixels took over has no way to run anything in the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from struct import Struct
from typing import Any, BinaryIO, Final

from openworklist.domain.errors import PictureError

_HEAD: Final = Struct("<II")
_MOST_JSON: Final = 1 << 20
_MOST_BYTES: Final = 1 << 30

Message = tuple[dict[str, Any], bytes]


def send(pipe: BinaryIO, values: Mapping[str, Any], data: bytes = b"") -> None:
    text = json.dumps(values).encode()
    pipe.write(_HEAD.pack(len(text), len(data)) + text)
    pipe.write(data)
    pipe.flush()


def receive(pipe: BinaryIO) -> Message | None:
    """The next message; None if the other side is gone, or says what is none."""
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    length, size = _HEAD.unpack(head)
    if length > _MOST_JSON or size > _MOST_BYTES:
        return None
    text, data = pipe.read(length), pipe.read(size)
    if len(text) < length or len(data) < size:
        return None
    try:
        values = json.loads(text)
    except ValueError:
        return None
    return (values, data) if isinstance(values, dict) else None


def to_values(error: PictureError) -> dict[str, str]:
    return {"error": error.sentence, "where": error.where, "hint": error.hint, "code": error.code}


def to_error(values: Mapping[str, Any]) -> PictureError:
    text = {name: str(values.get(name, "")) for name in ("error", "where", "hint", "code")}
    return PictureError(text["error"], where=text["where"], hint=text["hint"], code=text["code"])
