"""A site with stored studies, and who asks for one of them with nothing but its token."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from email.headerregistry import HeaderRegistry
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from openworklist.domain.instance import Sender
from players.archive import read_dataset
from players.site import Site

_SENDER = Sender("CT01", "OPENWORKLIST", "192.0.2.1:4711")
_SECONDS = 60


def store_files(site: Site, paths: Iterable[Path]) -> list[Dataset]:
    """Have the site store files as they are; their heads."""
    heads = []
    for path in paths:
        head = dcmread(path, stop_before_pixels=True)
        syntax = str(head.file_meta.TransferSyntaxUID)
        _store(site, str(head.SOPInstanceUID), str(head.SOPClassUID), syntax, read_dataset(path))
        heads.append(head)
    return heads


def _store(site: Site, uid: str, sop_class: str, syntax: str, data: bytes) -> None:
    async def store() -> None:
        incoming = site.server._storage.open(_SENDER, uid, sop_class, syntax, lambda: None)
        incoming.write(data)
        await incoming.finish()

    asyncio.run_coroutine_threadsafe(store(), site.loop).result(_SECONDS)


def make_token(site: Site, study_uid: str) -> str:
    return str(site.application.state.desk.study_tokens.ensure(study_uid, "test"))


def split_parts(answer: Any) -> list[tuple[dict[str, str], bytes]]:
    """The parts of an answer: the headers and the body of each (RFC 2046 5.1.1)."""
    kind = HeaderRegistry()("content-type", answer.headers["content-type"])
    assert kind.content_type == "multipart/related"
    boundary = b"\r\n--" + kind.params["boundary"].encode()
    before, *parts, after = (b"\r\n" + answer.content).split(boundary)
    assert (before, after) == (b"", b"--\r\n")
    found = []
    for part in parts:
        head, _, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        lines = (line.partition(": ") for line in head.decode("ascii").split("\r\n"))
        found.append(({name.lower(): value for name, _, value in lines}, body))
    assert kind.params["type"] == found[0][0]["content-type"].partition(";")[0]
    return found
