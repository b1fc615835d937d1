"""Where the docs lie, and the names that their pages and other files have under /help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

START: Final = ""  # the name of docs/README.md
MEDIA_TYPES: Final = MappingProxyType({".svg": "image/svg+xml", ".json": "application/json"})
_CHECKOUT: Final = Path(__file__).parents[4] / "docs"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Each file by its name: `mapping` is mapping.md, `decisions` is decisions/README.md, others keep theirs.

    A name is looked up here and never made a path, so that none leads out of the folder.
    """

    pages: Mapping[str, Path]
    files: Mapping[str, Path]

    def title(self, name: str) -> str:
        """The first line of a page: its heading."""
        with self.pages[name].open(encoding="utf-8") as lines:
            return next(lines).strip("# \n").replace("`", "")


@cache
def open_shelf() -> Shelf:
    """The docs of this installation: those in the package, in a checkout its folder docs."""
    packed = Path(str(files("openworklist.ui"))) / "docs"
    return read_shelf(packed if packed.is_dir() else _CHECKOUT)


def read_shelf(folder: Path) -> Shelf:
    """What lies in a folder."""
    found = {
        each.relative_to(folder).as_posix(): each for each in sorted(folder.rglob("*")) if each.is_file()
    }
    return Shelf(
        MappingProxyType({to_name(path): file for path, file in found.items() if path.endswith(".md")}),
        MappingProxyType({path: file for path, file in found.items() if file.suffix in MEDIA_TYPES}),
    )


def to_name(path: str) -> str:
    """The name of the page that is made of a file, whose path is relative to the docs."""
    plain = PurePosixPath(path).with_suffix("")
    name = (plain.parent if plain.name == "README" else plain).as_posix()
    return START if name == "." else name
