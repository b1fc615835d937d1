"""The instances of studies that somebody looks at: a viewer asks for frame after frame of one study."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from openworklist.domain.errors import PictureError
from openworklist.domain.study import Study, StudyInstance
from openworklist.services.pictures.stored import find_transfer_syntax
from openworklist.services.studies import StudySource

_SECONDS: Final = 5.0  # after which a file that was replaced is seen
_MOST: Final = 8  # studies

Contents = dict[str, StudyInstance]


def know_syntax(source: StudySource, instance: StudyInstance) -> StudyInstance:
    """An instance with its transfer syntax: that of its file where its archive tells none.

    It waits for the file: NotFound and PeerError if that cannot be had.
    """
    if instance.transfer_syntax:
        return instance
    with source.locate(instance) as path:
        return read_syntax(instance, path)


def read_syntax(instance: StudyInstance, path: Path) -> StudyInstance:
    """As `know_syntax`, from a file that is there. A file that says none leaves it as it is."""
    if instance.transfer_syntax:
        return instance
    try:
        return replace(instance, transfer_syntax=find_transfer_syntax(path))
    except PictureError:
        return instance


class StudyContents:
    """Remembers for some seconds what a study has. For threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str, int], tuple[float, Contents]] = OrderedDict()

    def list_instances(self, source: StudySource, study: Study) -> Contents:
        """By their UID, in the order of the index; not to be changed. What has come since is there."""
        key = source.name, study.uid, study.instances
        now = self._clock()
        with self._lock:
            moment, contents = self._known.get(key, (now - _SECONDS, {}))
        if now - moment < _SECONDS:
            return contents
        contents = {each.uid: each for each in source.list_instances(study.uid)}
        with self._lock:
            self._known[key] = now, contents
            self._known.move_to_end(key)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return contents
