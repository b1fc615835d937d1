"""What an option decides where it is set, and else the setting of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from openworklist.domain.options import NO_FOLDER, Options

OPTION: Final = "option"
SETTING: Final = "setting"


@dataclass(frozen=True, slots=True)
class Switches:
    """A port of 0 is switched off, and so is an empty folder."""

    hl7_port: int
    folder: str
    folder_erase: bool
    log_questions: bool
    default_charset: str


NAMES: Final = tuple(each.name for each in fields(Switches))


def resolve(options: Options, settings: Switches) -> Switches:
    """What counts: an option that is not empty goes before the setting."""
    folder = options.folder or settings.folder
    return Switches(
        hl7_port=int(options.hl7_port) if options.hl7_port else settings.hl7_port,
        folder="" if folder == NO_FOLDER else folder,
        folder_erase=_choose(options.folder_erase, settings.folder_erase),
        log_questions=_choose(options.log_questions, settings.log_questions),
        default_charset=options.default_charset or settings.default_charset,
    )


def find_origins(options: Options) -> Mapping[str, str]:
    """Of each switch whether it is as the option says, or the setting."""
    return {name: OPTION if getattr(options, name) else SETTING for name in NAMES}


def _choose(option: str, setting: bool) -> bool:
    return option == "yes" if option else setting
