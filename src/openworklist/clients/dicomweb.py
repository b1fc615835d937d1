"""Asks an archive over DICOMweb: searches (QIDO-RS, PS3.18 10.6) and files (WADO-RS, 10.4)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

from openworklist.clients.archive_line import ArchiveLine, Patience
from openworklist.clients.multipart import (
    Event,
    MultipartReader,
    PartBegins,
    PartEnds,
    find_boundary,
    find_media_type,
)
from openworklist.domain.archive import Archive

Answer = Mapping[str, Any]
Query = Sequence[tuple[str, str]]
_PAGE: Final = 500  # answers that are asked for at once
_JSON: Final = "application/dicom+json"
_FILE: Final = "application/dicom"
_FILES: Final = (
    'multipart/related; type="application/dicom"; transfer-syntax=*'  # 8.7.3.5.2: as they are stored
)
# Left as they are in a query: there are archives that do not read what is written with percent signs.
_SAFE: Final = "^:@/"
# RFC 9112 8: without these, who breaks off cannot be told from who ends; a last boundary tells it too.
_ENDING: Final = frozenset(("content-length", "transfer-encoding"))
_NOBODYS: Final = "2.25.1"


class DicomWeb:
    """One archive, for many threads: every trouble is a PeerError.

    Its code is archive.unreachable, archive.slow or archive.lost if no answer comes, archive.refused if the
    archive does not want to, archive.protocol if it answers what is none, archive.busy if all `connections`
    are in use.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        patience: Patience = Patience(),  # noqa: B008 - it never changes
        connections: int = 8,
        most: int = 100_000,
    ) -> None:
        self._line = ArchiveLine(archive, patience, connections)
        self._most = most

    def close(self) -> None:
        self._line.close()

    def search(
        self, path: str, match: Query, included: Iterable[str], key: Callable[[Answer], str]
    ) -> list[Answer]:
        """All that fits, each `key` once; what has none is left out. `path` is below the root.

        An archive that answers in pages is asked for each; one that knows no pages is noticed. PeerError if
        there are more than `most`.
        """
        query = [*match, *(("includefield", each) for each in included)]
        found: dict[str, Answer] = {}
        asked = 0
        while True:
            page, is_more = self._ask(path, [*query, ("limit", str(_PAGE)), ("offset", str(asked))])
            is_new = self._add(found, page, key)
            if page and asked and not is_new:
                # It knows no offset: what is behind its first page comes without a limit.
                self._add(found, self._ask(path, query)[0], key)
                break
            asked += len(page)
            if not page or (len(page) != _PAGE and not is_more):
                break
        return list(found.values())

    def echo(self) -> float:
        """Whether it answers searches: the seconds that took. It is asked for a study that nobody has."""
        begun = time.monotonic()
        self._ask("studies", [("StudyInstanceUID", _NOBODYS), ("limit", "1")])
        return time.monotonic() - begun

    @contextmanager
    def retrieve(self, path: str) -> Iterator[Iterator[Event]]:
        """The files of a study, a series or an instance, piece by piece as they are stored there.

        PeerError unless all of them come; archive.not-found if there are none.
        """
        with self._line.open(path, _FILES) as (headers, pieces):
            content_type = headers.get("content-type", "")
            media_type = find_media_type(content_type)
            if media_type == "multipart/related":
                yield _read_parts(MultipartReader(find_boundary(content_type)), pieces)
            elif media_type == _FILE and _ENDING & headers.keys():
                yield _read_single(pieces)
            else:
                raise self._line.words.no_files()

    def _ask(self, path: str, query: Query) -> tuple[list[Answer], bool]:
        """One page, and whether more may be had (10.6.3.4: warning 299)."""
        written = "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in query)
        answer = self._line.fetch(f"{path}?{written}" if written else path, _JSON)
        return self._parse(answer.body), answer.warning.startswith("299")

    def _parse(self, body: bytes) -> list[Answer]:
        if not body.strip():
            return []  # 204, and those that should have said so
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._line.words.no_json() from error
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self._line.words.no_json()
        return found

    def _add(self, found: dict[str, Answer], page: list[Answer], key: Callable[[Answer], str]) -> bool:
        """Whether a page brought anything new."""
        known = len(found)
        for each in page:
            if uid := key(each):
                found.setdefault(uid, each)
        if len(found) > self._most:
            raise self._line.words.too_many(self._most)
        return len(found) > known


def _read_parts(reader: MultipartReader, pieces: Iterator[bytes]) -> Iterator[Event]:
    for piece in pieces:
        yield from reader.receive(piece)
        if reader.is_over:
            next(pieces, None)  # the end: a connection whose answer was read to it is used again
            return
    reader.finish()


def _read_single(pieces: Iterator[bytes]) -> Iterator[Event]:
    yield PartBegins(_FILE)
    yield from pieces
    yield PartEnds()
