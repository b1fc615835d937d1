"""What a site decides while the server runs: one row each, with what it means and what it may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Final

from openworklist.domain.charset import from_hl7
from openworklist.domain.errors import SettingsError
from openworklist.domain.performed import CHECKS
from openworklist.domain.repertoire import AUTOMATIC_WORD, FALLBACKS, parse_repertoire
from openworklist.domain.retention import AGES, NEVER
from openworklist.domain.scanner import (
    ANY_DAY,
    OVER_LIMIT,
    WITHOUT_STATION,
    parse_shown,
    parse_window,
)

UNDECODABLE: Final = ("refuse", "replace")
TRAINING: Final = ("take", "refuse")
UNKNOWN_ORDER: Final = ("warn", "refuse")
LONG_IDENTIFIERS: Final = ("shorten", "refuse")
UNKNOWN_SCANNERS: Final = ("serve", "refuse")


def _one_of(*choices: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        return "" if value in choices else f"is none of: {', '.join(choices)}"

    return check


def _check_charset(value: str) -> str:
    is_good = not value or from_hl7(value)
    return "" if is_good else "is no character set of HL7 table 0211, like 8859/1 or UNICODE UTF-8"


def _by(parse: Callable[[str], object]) -> Callable[[str], str]:
    """What a function that raises SettingsError says."""

    def check(value: str) -> str:
        try:
            parse(value)
        except SettingsError as error:
            hint = f" ({error.hint})" if error.hint else ""
            return f"cannot be: {error.sentence.rstrip('.')}{hint}"
        return ""

    return check


def _say(default: Any, help: str, check: Callable[[Any], str] | None = None) -> Any:
    return field(default=default, metadata={"help": help, "check": check})


@dataclass(frozen=True, slots=True)
class Options:
    """The values of all options, each its default where the site has decided nothing."""

    acknowledge: bool = _say(True, "answer messages on the HL7 port")
    default_profile: str = _say("auto", "mapping of senders that have none of their own")
    default_charset: str = _say(
        "", "character set of messages that name none; empty: the setting default_charset", _check_charset
    )
    undecodable: str = _say(
        "refuse",
        "messages with bytes that are no letters: refuse, or replace the bytes with a warning",
        _one_of(*UNDECODABLE),
    )
    unknown_order: str = _say(
        "warn",
        "a cancel or change of an order that is not here: warn beside AA, or refuse with AE",
        _one_of(*UNKNOWN_ORDER),
    )
    training: str = _say(
        "take", "messages that MSH-11 says are for training or debugging: take or refuse", _one_of(*TRAINING)
    )
    mpps_checks: str = _say(
        "standard",
        "what scanners say of performed steps: standard, strict to the letter, or lenient",
        _one_of(*CHECKS),
    )
    long_identifiers: str = _say(
        "shorten",
        "identifiers longer than DICOM allows: shorten them in answers, or refuse what brings one",
        _one_of(*LONG_IDENTIFIERS),
    )
    auto_delete: str = _say(NEVER, "age at which records are deleted", _one_of(*AGES))
    use_calling_ae: bool = _say(
        True, "a scanner's own AE title takes the place of an empty (0040,0001) in its question"
    )
    without_station: str = _say(
        "modality",
        "which scanners are offered records without station: all, those of the same modality, or none",
        _one_of(*WITHOUT_STATION),
    )
    unknown_scanners: str = _say(
        "serve", "scanners that nobody has confirmed: serve or refuse", _one_of(*UNKNOWN_SCANNERS)
    )
    answer_charset: str = _say(
        AUTOMATIC_WORD,
        "character set of answers, like ISO_IR 100; automatic: the smallest that holds an answer",
        _by(parse_repertoire),
    )
    charset_fallback: str = _say(
        "transliterate",
        "letters that the character set of answers lacks: transliterate, or unicode for the whole answer",
        _one_of(*FALLBACKS),
    )
    shown_statuses: str = _say(
        "SCHEDULED, STARTED", "statuses of the records that scanners are shown", _by(parse_shown)
    )
    day_window: str = _say(
        ANY_DAY,
        "days before and after today, like 1,7, that are shown when a question has no date; any: all",
        _by(parse_window),
    )
    answer_limit: int = _say(0, "most answers to one question; 0: any number")
    over_limit: str = _say(
        "cut",
        "a question with more answers: cut, with a warning in the log, or refuse with status A700",
        _one_of(*OVER_LIMIT),
    )
    flag_unsupported: bool = _say(
        True, "answers have status FF01, not FF00, if a key with a value is not matched on"
    )
    sending_application: str = _say("OPENWORKLIST", "MSH-3 of messages made here")
    sending_facility: str = _say("", "MSH-4 of messages made here")


NAMES: Final = tuple(each.name for each in fields(Options))
HELP: Final[Mapping[str, str]] = {each.name: str(each.metadata["help"]) for each in fields(Options)}
_DEFAULTS: Final[dict[str, Any]] = {each.name: each.default for each in fields(Options)}
_CHECKS: Final = {each.name: each.metadata["check"] for each in fields(Options)}
_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)
_BOOLEANS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def change_option(options: Options, name: str, value: object) -> Options:
    """The options with one changed; SettingsError names it and what it may be.

    A text is read as people type it: `yes` and `no` for one that is true or false.
    """
    if name not in _DEFAULTS:
        near = get_close_matches(name, NAMES, 1)
        hint = f"did you mean {near[0]}?" if near else "`openworklist options list` shows them all"
        raise SettingsError(f"There is no option {name!r}.", hint=hint, code="settings.unknown")
    if isinstance(_DEFAULTS[name], bool):
        value = _BOOLEANS.get(value.strip().lower(), value) if isinstance(value, str) else value
        if not isinstance(value, bool):
            raise SettingsError(f"{name} must be yes or no.", where=name)
    elif isinstance(_DEFAULTS[name], int):
        value = int(value) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else value
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise SettingsError(f"{name} must be a whole number.", where=name)
    elif not isinstance(value, str):
        raise SettingsError(f"{name} must be text.", where=name)
    else:
        value = value.strip()
        problem = "has control characters" if not value.isprintable() else ""
        problem = problem or (_CHECKS[name](value) if _CHECKS[name] else "")
        if problem:
            raise SettingsError(f"{name} {value!r} {problem}.", where=name)
    changed: dict[str, Any] = {name: value}
    return replace(options, **changed)
