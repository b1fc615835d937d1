"""Frames and pictures of stored instances. Nothing that is imported here loads numpy or a codec."""

from openworklist.services.pictures.frame import MEDIA, WINDOW_FUNCTIONS, Frame, Window
from openworklist.services.pictures.service import Pictures
from openworklist.services.pictures.stored import (
    count_frames,
    is_video,
    read_frame,
    read_video,
    split_frames,
)

__all__ = [
    "MEDIA",
    "WINDOW_FUNCTIONS",
    "Frame",
    "Pictures",
    "Window",
    "count_frames",
    "is_video",
    "read_frame",
    "read_video",
    "split_frames",
]
