"""Pictures of stored instances, made in processes of their own. Blocking: for threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from openworklist.dicom.pixel_data import Span
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.services.pictures.crew import Crew
from openworklist.services.pictures.frame import MEDIA, WINDOW_FUNCTIONS, Frame, Window
from openworklist.services.pictures.stored import copy_spans, find_transfer_syntax
from openworklist.services.pictures.uncompressed import join_bits, write_pixels

_WORKERS: Final = 2
_SECONDS: Final = 20.0
_MEMORY: Final = 3 * 1024**3  # bytes of address space of a process
_THUMBNAIL_QUALITY: Final = 80


class Pictures:
    """Renders, decodes and converts stored files. Frames are counted from 1.

    Every method raises PictureError: `picture.not-an-image`, `picture.no-such-frame`, `picture.unsupported`
    for what cannot be decoded here, `picture.unreadable` for what is broken, `picture.too-large` and
    `picture.too-slow`.
    Processes start at first use, and end when nothing was asked for two minutes.
    """

    def __init__(self, *, workers: int = _WORKERS, seconds: float = _SECONDS, memory: int = _MEMORY) -> None:
        """`seconds` are what one frame may take, `memory` is what a process may have, in bytes."""
        self._crew = Crew(most=workers, seconds=seconds, memory=memory)

    @property
    def pids(self) -> list[int]:
        """Those of the processes that are there."""
        return self._crew.pids

    @property
    def busy(self) -> int:
        """How many of them are at work."""
        return self._crew.busy

    def stop(self) -> None:
        """End the processes; what is under way fails, and what is asked afterwards."""
        self._crew.stop()

    def render(
        self,
        path: Path,
        frame: int,
        *,
        window: Window | None = None,
        viewport: tuple[int, int] | None = None,
        media: str = "image/jpeg",
        quality: int = 90,
    ) -> bytes:
        """A frame as people see it, as a JPEG or PNG file.

        `window` is centre, width and `linear`, `linear-exact` or `sigmoid`; without it the first window or
        table of the instance counts, else the range of its values. `viewport` is width and height, which the
        picture is scaled to fit. ValueError for a window, viewport, type or quality that is none.
        """
        if media not in MEDIA or not 1 <= quality <= 100:
            raise ValueError(media, quality)
        if window is not None and (window[2] not in WINDOW_FUNCTIONS or not window[1] > 0):
            raise ValueError(window)
        if viewport is not None and min(viewport) < 1:
            raise ValueError(viewport)
        _, data = self._ask(
            "render", path, frame=frame, window=window, viewport=viewport, media=media, quality=quality
        )
        return data

    def thumbnail(self, path: Path, *, size: int = 128, frame: int | None = None) -> bytes:
        """A JPEG of at most `size` pixels each way, of the frame in the middle unless told."""
        _, data = self._ask(
            "render",
            path,
            frame=frame,
            window=None,
            viewport=(size, size),
            media="image/jpeg",
            quality=_THUMBNAIL_QUALITY,
        )
        return data

    def decode(self, path: Path, frame: int) -> Frame:
        """A frame uncompressed, as Explicit VR Little Endian has it."""
        values, data = self._ask("decode", path, frame=frame)
        return Frame(data=data, **values)

    def transcode(self, path: Path) -> Iterator[bytes]:
        """The whole PS3.10 file in Explicit VR Little Endian, in pieces: its head, then a frame at a time.

        What is wrong with the file or its first frame is raised here, what is wrong with others on the way.
        An instance without pixels is converted too. Digital signatures, padding at the end and a compressed
        icon are left out.
        """
        if find_transfer_syntax(path) == EXPLICIT_LITTLE_ENDIAN:
            return copy_spans(path, [Span(0, path.stat().st_size)])
        values, head = self._ask("head", path)
        if not values["frames"]:
            return iter((head,))
        if values["is_verbatim"]:
            pieces = copy_spans(path, [Span(values["offset"], values["length"])])
        else:
            frames = (self.decode(path, frame).data for frame in range(1, values["frames"] + 1))
            pieces = frames if values["bits"] % 8 == 0 else join_bits(frames, values["bits"])
        return write_pixels(head, pieces, tag=values["tag"], vr=values["vr"], length=values["length"])

    def _ask(self, duty: str, path: Path, **values: Any) -> tuple[dict[str, Any], bytes]:
        return self._crew.ask({"do": duty, "path": str(path), **values})
