"""The tiles of a study's page: images of a series, clips, and what is no image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from openworklist.dicom.transfer_syntaxes import TRANSFER_SYNTAXES
from openworklist.domain.study import Series, StudyInstance
from openworklist.ui.language import mark

IMAGE: Final = "image"
PDF: Final = "pdf"
VIDEO: Final = "video"
_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
_VIDEO_SYNTAXES: Final = ("MPEG", "Fragmentable MPEG", "HEVC", "Fragmentable HEVC")
# By the beginning of what follows the root of the storage SOP classes (PS3.4 B.5).
_KINDS: Final = (
    ("104.1", PDF),
    ("104.", "document"),
    ("88.59", "key-images"),
    ("88.", "report"),
    ("77.1.1.1.1", VIDEO),
    ("77.1.2.1.1", VIDEO),
    ("77.1.4.1.1", VIDEO),
    ("9.", "waveform"),
    ("11.", "presentation"),
    ("481.3", "structures"),
    ("481.5", "plan"),
    ("481.8", "plan"),
)
WORDS: Final = {
    PDF: mark("PDF document"),
    VIDEO: mark("Video"),
    "document": mark("Document"),
    "key-images": mark("List of key images"),
    "report": mark("Structured report"),
    "waveform": mark("Waveform"),
    "presentation": mark("Presentation state"),
    "structures": mark("Structure set"),
    "plan": mark("Treatment plan"),
    "other": mark("Other data"),
}


@dataclass(frozen=True, slots=True)
class Stack:
    """What one tile stands for: images, one clip (an instance of several frames), or papers of one kind."""

    series: Series
    kind: str
    instances: tuple[StudyInstance, ...]
    left_out: tuple[str, ...] = ()  # instances of the series with tiles of their own
    is_clip: bool = False

    @property
    def is_image(self) -> bool:
        return self.kind == IMAGE

    @property
    def count(self) -> int:
        return count_frames(self.instances[0]) if self.is_clip else len(self.instances)

    @property
    def middle(self) -> tuple[StudyInstance, int]:
        """The instance and the frame that stand for all of them."""
        if self.is_clip:
            return self.instances[0], (self.count + 1) // 2
        return self.instances[(len(self.instances) - 1) // 2], 1


def make_stacks(series: Sequence[Series], instances: Iterable[StudyInstance]) -> list[Stack]:
    """The stacks of a study in the order of its series: images first, clips, then papers."""
    by_series: dict[str, list[StudyInstance]] = {each.uid: [] for each in series}
    for instance in instances:
        if instance.series_uid in by_series:
            by_series[instance.series_uid].append(instance)
    return [stack for each in series for stack in _split(each, by_series[each.uid])]


def find_kind(instance: StudyInstance) -> str:
    """What an instance is; "image" for what may have pixels."""
    syntax = TRANSFER_SYNTAXES.get(instance.transfer_syntax, "")
    if syntax.startswith(_VIDEO_SYNTAXES):
        return VIDEO
    end = instance.sop_class.removeprefix(_STORAGE)
    if end != instance.sop_class:
        for beginning, kind in _KINDS:
            if end == beginning or end.startswith(beginning if beginning.endswith(".") else f"{beginning}."):
                return kind
    # An index of ours knows how large every image is; an archive may not say.
    has_size = bool(instance.values.get("rows")) or not instance.file
    return IMAGE if has_size else "other"


def count_frames(instance: StudyInstance) -> int:
    text = instance.values.get("number_of_frames", "").strip()
    return max(1, int(text)) if text.isascii() and text.isdigit() else 1


def _split(series: Series, instances: Sequence[StudyInstance]) -> Iterator[Stack]:
    by_kind: dict[str, list[StudyInstance]] = {}
    for instance in instances:
        by_kind.setdefault(find_kind(instance), []).append(instance)
    images = by_kind.pop(IMAGE, [])
    clips = [each for each in images if count_frames(each) > 1]
    single = [each for each in images if count_frames(each) == 1]
    others = tuple(each.uid for each in instances if each not in single)
    if single:
        yield Stack(series, IMAGE, tuple(single), left_out=others)
    for clip in clips:
        yield Stack(series, IMAGE, (clip,), is_clip=True)
    for kind, papers in by_kind.items():
        yield Stack(series, kind, tuple(papers))
