"""The process that decodes. It may crash, hang or eat its memory over hostile pixels; the server goes on.

Nothing but `services.pictures.process` starts it. It ends when its standard input does: with the server,
however that ends.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from openworklist.domain.errors import PictureError
from openworklist.services.pictures.wire import Message, receive, send, to_values

_TOO_LARGE: Final = PictureError("The picture needs more memory than it may have.", code="picture.too-large")
_GRACE: Final = 5.0  # the server ends us when our time is over; this is for when there is no server any more


def main() -> None:
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    into, out = _take_pipes()
    _harden(memory)
    # pydicom fetches its samples with it, if it is there: that takes long to load and is of no use here.
    sys.modules["requests"] = cast(Any, None)
    from openworklist.services.pictures import duties  # numpy and the codecs, within the limits

    send(out, {"ready": True})
    while (question := receive(into)) is not None:
        # A thread of C: it ends the process even if a codec never gives the interpreter back.
        faulthandler.dump_traceback_later(seconds + _GRACE, exit=True)
        values, data = _answer(question[0], duties.DUTIES)
        send(out, values, data)
        faulthandler.cancel_dump_traceback_later()


def _answer(question: Mapping[str, Any], duties: Mapping[str, Callable[..., Message]]) -> Message:
    asked = dict(question)
    duty = duties[asked.pop("do")]
    try:
        return duty(Path(asked.pop("path")), **asked)
    except PictureError as error:
        return to_values(error), b""
    except MemoryError:
        return to_values(_TOO_LARGE), b""
    except Exception:  # noqa: BLE001 - whatever a library finds wrong with the file
        return to_values(PictureError("The pixels cannot be decoded: they are broken.")), b""


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the server for us alone: what a codec prints must not get between our answers."""
    into, out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return open(into, "rb"), open(out, "wb")


def _harden(memory: int) -> None:
    warnings.simplefilter("ignore")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread would take address space
    # A terminal and systemd tell the whole group to end; the answers under way are still wanted.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource

    os.nice(5)  # orders and questions come first
    # No core file either: it would hold pixels of patients.
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with suppress(ValueError, OSError):  # macOS knows RLIMIT_AS and refuses it
            resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main()
