"""What a backup holds: its files by name, and the manifest that says of which server it is."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Final

from openworklist.domain.errors import BackupError
from openworklist.services import token_key

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"  # the first file
SUMS: Final = "SHA256SUMS"  # the last one: a line for each before it, as sha256sum writes and reads them
DATABASES: Final = {"sqlite": "openworklist.sqlite3", "postgresql": "openworklist.pgdump"}
STUDIES: Final = "studies"
# Files of the data folder that a server needs again, as they are: a new one is a new row.
KEPT: Final = (token_key.FILE,)
LONGEST_MANIFEST: Final = 64 * 1024
_UID: Final = r"[0-9]+(?:\.[0-9]+)*"
_STUDY_FILE: Final = re.compile(rf"{STUDIES}/[0-9a-f]{{2}}/{_UID}/{_UID}/{_UID}(?:-[0-9a-f]{{8}})?\.dcm")
_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at` is a moment of ISO 8601 in UTC, `database` a kind, `revision` that of its tables."""

    made_at: str
    version: str
    database: str
    revision: str
    records: int
    messages: int
    has_studies: bool
    format: int = FORMAT

    def encode(self) -> bytes:
        return json.dumps(asdict(self), indent=2).encode() + b"\n"


def decode_manifest(data: bytes) -> Manifest:
    """BackupError if it is none, or one of a format that is not ours."""
    try:
        found = json.loads(data)
        if found.get("format") != FORMAT:
            raise BackupError(
                f"The backup is of format {found.get('format')!r}, this version reads format {FORMAT}.",
                where=MANIFEST,
                hint="restore it with the version that made it",
                code="backup.newer",
            )
        manifest = Manifest(**found)
        is_sound = all(isinstance(getattr(manifest, name), kind) for name, kind in _KINDS.items())
        if is_sound and manifest.database in DATABASES:
            return manifest
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    raise BackupError("The manifest of the backup cannot be read.", where=MANIFEST)


_KINDS: Final = {
    each.name: {"str": str, "int": int, "bool": bool}[str(each.type)] for each in fields(Manifest)
}


def is_study_file(name: str) -> bool:
    """Whether a name is one that the index gives a file, below its folder: it leads nowhere else."""
    return len(name) <= _LONGEST_NAME and _STUDY_FILE.fullmatch(name) is not None
