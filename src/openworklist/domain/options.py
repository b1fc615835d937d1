"""What a site decides while the server runs: one row each, with what it means and what it may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Final

from openworklist.domain.archive import check_archive_url
from openworklist.domain.charset import from_hl7
from openworklist.domain.errors import SettingsError
from openworklist.domain.instance import DUPLICATES
from openworklist.domain.networks import parse_networks
from openworklist.domain.origins import parse_origins
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
from openworklist.domain.study_links import check_template, check_viewer_address, parse_web_address

UNDECODABLE: Final = ("refuse", "replace")
TRAINING: Final = ("take", "refuse")
UNKNOWN_ORDER: Final = ("warn", "refuse")
LONG_IDENTIFIERS: Final = ("shorten", "refuse")
UNKNOWN_SCANNERS: Final = ("serve", "refuse")
AS_SET: Final = ("", "yes", "no")
NO_FOLDER: Final = "-"
_HIGHEST_PORT: Final = 65_535
_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)


class _OneOf:
    """Whether a text is one of some; they are known to who shows the option."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def __call__(self, value: str) -> str:
        return "" if value in self.choices else f"is none of: {', '.join(self.choices)}"


def _check_charset(value: str) -> str:
    is_good = not value or from_hl7(value)
    return "" if is_good else "is no character set of HL7 table 0211, like 8859/1 or UNICODE UTF-8"


def _is_at_least_one(value: int) -> str:
    return "" if value >= 1 else "must be at least 1"


def _check_port(value: str) -> str:
    is_good = not value or (_NUMBER.fullmatch(value) is not None and int(value) <= _HIGHEST_PORT)
    return "" if is_good else "is no port: 1 to 65535, or 0 to switch it off"


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


def _if_given(parse: Callable[[str], object]) -> Callable[[str], str]:
    """As `_by`, where empty is allowed."""
    check = _by(parse)
    return lambda value: check(value) if value else ""


def _say(default: Any, help: str, check: Callable[[Any], str] | None = None) -> Any:
    return field(default=default, metadata={"help": help, "check": check})


@dataclass(frozen=True, slots=True)
class Options:
    """The values of all options, each its default where the site has decided nothing."""

    hl7_port: str = _say("", "HL7 port, 0 to switch it off; empty: the setting hl7_port", _check_port)
    acknowledge: bool = _say(True, "answer messages on the HL7 port")
    default_profile: str = _say("auto", "mapping of senders that have none of their own")
    default_charset: str = _say(
        "", "character set of messages that name none; empty: the setting default_charset", _check_charset
    )
    undecodable: str = _say(
        "refuse",
        "messages with bytes that are no letters: refuse, or replace the bytes with a warning",
        _OneOf(*UNDECODABLE),
    )
    unknown_order: str = _say(
        "warn",
        "a cancel or change of an order that is not here: warn beside AA, or refuse with AE",
        _OneOf(*UNKNOWN_ORDER),
    )
    training: str = _say(
        "take", "messages that MSH-11 says are for training or debugging: take or refuse", _OneOf(*TRAINING)
    )
    mpps_checks: str = _say(
        "standard",
        "what scanners say of performed steps: standard, strict to the letter, or lenient",
        _OneOf(*CHECKS),
    )
    storage: bool = _say(True, "take images and other instances on the DICOM port (C-STORE)")
    storage_duplicates: str = _say(
        "first",
        "an instance that comes again with another content: keep the first, or the newest",
        _OneOf(*DUPLICATES),
    )
    storage_max_size: int = _say(0, "largest instance that is taken, in MB; 0: any")
    storage_keep_free: int = _say(1024, "MB on the disk of the studies that are left free")
    token_addresses: str = _say(
        "127.0.0.1, ::1",
        "addresses and networks that may ask for tokens of studies on the HL7 port; empty: nobody",
        _by(parse_networks),
    )
    viewer_origins: str = _say(
        "*",
        "web sites whose viewers may read a study by its token, like https://viewer.example; *: any",
        _by(parse_origins),
    )
    archive_url: str = _say(
        "",
        "address of the DICOMweb services of an archive that has studies too; empty: none",
        check_archive_url,
    )
    archive_name: str = _say("", "what the archive is called here; empty: its host")
    archive_cache: int = _say(
        2048, "MB of files from the archive that are kept for a while", _is_at_least_one
    )
    complete_on_images: int = _say(
        0, "minutes without a further image after which the exam of a study is completed; 0: never"
    )
    web_address: str = _say(
        "",
        "address of the web port in links, like https://worklist.example.org; empty: as a page was reached",
        _if_given(parse_web_address),
    )
    viewer_ohif: str = _say(
        "", "address of an OHIF viewer for links to studies; empty: none", _if_given(check_viewer_address)
    )
    viewer_weasis: bool = _say(False, "offer links that open studies in Weasis")
    viewer_other: str = _say(
        "", "links of another viewer: its name, = and a template; empty: none", _if_given(check_template)
    )
    long_identifiers: str = _say(
        "shorten",
        "identifiers longer than DICOM allows: shorten them in answers, or refuse what brings one",
        _OneOf(*LONG_IDENTIFIERS),
    )
    auto_delete: str = _say(NEVER, "age at which records are deleted", _OneOf(*AGES))
    use_calling_ae: bool = _say(
        True, "a scanner's own AE title takes the place of an empty (0040,0001) in its question"
    )
    without_station: str = _say(
        "modality",
        "which scanners are offered records without station: all, those of the same modality, or none",
        _OneOf(*WITHOUT_STATION),
    )
    unknown_scanners: str = _say(
        "serve", "scanners that nobody has confirmed: serve or refuse", _OneOf(*UNKNOWN_SCANNERS)
    )
    answer_charset: str = _say(
        AUTOMATIC_WORD,
        "character set of answers, like ISO_IR 100; automatic: the smallest that holds an answer",
        _by(parse_repertoire),
    )
    charset_fallback: str = _say(
        "transliterate",
        "letters that the character set of answers lacks: transliterate, or unicode for the whole answer",
        _OneOf(*FALLBACKS),
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
        _OneOf(*OVER_LIMIT),
    )
    flag_unsupported: bool = _say(
        True, "answers have status FF01, not FF00, if a key with a value is not matched on"
    )
    lock_after: int = _say(15, "minutes without a deed after which a session is locked; 0: never")
    session_hours: int = _say(
        12, "hours after which a session ends, whatever is done in it", _is_at_least_one
    )
    audit_days: int = _say(365 * 6, "days that the audit trail is kept; 0: for ever")
    sending_application: str = _say("OPENWORKLIST", "MSH-3 of messages made here")
    sending_facility: str = _say("", "MSH-4 of messages made here")
    folder: str = _say(
        "", "folder that is watched for files of HL7 messages, - for none; empty: the setting folder"
    )
    folder_erase: str = _say(
        "",
        "delete files whose messages were all taken: yes, or no to rename; empty: the setting folder_erase",
        _OneOf(*AS_SET),
    )
    log_questions: str = _say(
        "",
        "log every question of a scanner: yes, or no for those that failed; empty: the setting log_questions",
        _OneOf(*AS_SET),
    )


NAMES: Final = tuple(each.name for each in fields(Options))
HELP: Final[Mapping[str, str]] = {each.name: str(each.metadata["help"]) for each in fields(Options)}
_DEFAULTS: Final[dict[str, Any]] = {each.name: each.default for each in fields(Options)}
_CHECKS: Final = {each.name: each.metadata["check"] for each in fields(Options)}
_BOOLEANS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def find_choices(name: str) -> tuple[str, ...]:
    """All that an option may be; none where it may be more than a few words."""
    check = _CHECKS[name]
    return check.choices if isinstance(check, _OneOf) else ()


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
        problem = _CHECKS[name](value) if _CHECKS[name] else ""
        if problem:
            raise SettingsError(f"{name} {problem}.", where=name)
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
