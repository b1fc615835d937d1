"""Somebody who keeps backups: fills a server's data folder, saves it, and brings it back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from openworklist.domain.instance import Instance
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.backup.making import Made, make_backup
from openworklist.services.backup.restoring import Restored, restore_backup
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.services.study_tokens import StudyTokens
from openworklist.store.database import Database, open_database
from openworklist.store.studies import add_instance
from openworklist.store.study_files import StudyFiles
from players.hospital import make_order

NOW = 1_773_483_300_000_000  # 2026-03-14 10:15 UTC
ACTOR = "cli:backup-of-nobody"
STUDY = "1.2.826.0.1.3680043.8.498.1"
IMAGES = {f"1.2.826.0.1.3680043.8.498.3.{number}": os.urandom(3_000 + number) for number in range(5)}
ORDERS = 20


def ignore(size: int) -> None:
    """Nobody looks on."""


def save(url: str, data: Path, target: Path, *, studies: bool = True, force: bool = False) -> Made:
    return make_backup(
        url, data, target, with_studies=studies, force=force, actor=ACTOR, now=NOW, show=ignore
    )


def restore(url: str, data: Path, archive: Path, *, force: bool = False) -> Restored:
    return restore_backup(url, data, archive, force=force, actor=ACTOR, now=NOW, show=ignore)


def send_order(database: Database, number: str) -> None:
    intake = Intake(database, Reader(using(preset("classic"))), Metrics())
    assert b"MSA|AA" in intake.receive_message(make_order(number), Source("mllp", "192.0.2.1:4711"))


def keep_image(database: Database, folder: Path, uid: str, content: bytes) -> Path:
    """Store an instance as the server does; its file."""
    files = StudyFiles(folder)
    draft = files.begin(0)
    draft.write([content])
    instance = Instance(STUDY, f"{STUDY}.2", uid, "1.2", "1.2", {}, len(content) - 1, "CT01", "", NOW)
    assert draft.publish(instance)
    database.write(lambda connection: add_instance(connection, instance, draft.published))
    draft.forget()
    return files.path_of(draft.published)


def fill(database: Database, data: Path) -> str:
    """Orders, images and a study token, which is returned."""
    for number in range(ORDERS):
        send_order(database, f"P{number}")
    for uid, content in IMAGES.items():
        keep_image(database, data / "studies", uid, content)
    return StudyTokens(database, data).ensure(STUDY, ACTOR)


def make_archive(folder: Path) -> Path:
    """A backup of such a server, on SQLite."""
    with closing(open_database("", folder / "data")) as database:
        fill(database, folder / "data")
    return save("", folder / "data", folder / "backup.tar").path


def read_tree(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
