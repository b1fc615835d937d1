"""How each server looks: its place in the tables, and its line in the plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from benchmarks.results import OURS, Result


@dataclass(frozen=True, slots=True)
class Style:
    """Which colour and mark a line has (0 to 3), and whether it is dashed."""

    colour: int
    is_dashed: bool = False


STYLES: Final[Mapping[str, Style]] = MappingProxyType(
    {
        OURS: Style(0),
        f"{OURS}, PostgreSQL": Style(0, is_dashed=True),
        "wlmscpfs, no delay": Style(1),
        "wlmscpfs": Style(1, is_dashed=True),
        "Orthanc, no delay": Style(2),
        "Orthanc": Style(2, is_dashed=True),
        "pynetdicom, no delay": Style(3),
        "pynetdicom": Style(3, is_dashed=True),
    }
)


def name_servers(results: Sequence[Result]) -> list[str]:
    """The servers of these results in the order of the tables."""
    return [name for name in STYLES if any(one.server == name for one in results)]


def is_ours(result: Result) -> bool:
    """True on whatever database."""
    return STYLES[result.server].colour == STYLES[OURS].colour
