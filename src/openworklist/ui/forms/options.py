"""The options of the site as a form: made from domain.options, a section for each matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from openworklist.domain.errors import SettingsError
from openworklist.domain.options import HELP, NAMES, Options, change_option
from openworklist.ui.forms.fields import YES_NO, Field, Group, Kind
from openworklist.ui.forms.option_words import CHOICES, LABELS, SUGGESTIONS, TERMS
from openworklist.ui.language import mark

# What no section names stands in the last one.
_SECTIONS: Final = (
    (mark("HL7"), (
        "hl7_port", "acknowledge", "default_charset", "sending_application", "sending_facility",
        "default_profile", "undecodable", "unknown_order", "training", "long_identifiers",
    )),
    (mark("Watched folder"), ("folder", "folder_erase")),
    (mark("Scanners"), (
        "use_calling_ae", "without_station", "unknown_scanners", "answer_charset", "charset_fallback",
        "shown_statuses", "day_window", "answer_limit", "over_limit", "flag_unsupported", "mpps_checks",
        "log_questions",
    )),
    (mark("Studies"), (
        "storage", "storage_duplicates", "storage_max_size", "storage_keep_free", "viewer_origins",
        "complete_on_images", "token_addresses", "web_address", "viewer_ohif", "viewer_weasis",
        "viewer_other",
    )),
    (mark("Archive"), ("archive_url", "archive_name", "archive_cache")),
    (mark("Keeping"), ("auto_delete", "audit_days")),
    (mark("People"), ("lock_after", "session_hours")),
)  # fmt: skip
_OTHERS: Final = mark("Others")


def write_options(options: Options) -> dict[str, str]:
    """What stands in each field; `change_option` reads it as the same."""
    return {name: _spell(value) for name, value in asdict(options).items()}


def find_wrong(options: Options, changes: Mapping[str, str]) -> dict[str, SettingsError]:
    """What is wrong with each change."""
    found = {}
    for name, text in changes.items():
        try:
            change_option(options, name, text)
        except SettingsError as error:
            found[name] = error
    return found


def _make_groups() -> tuple[Group, ...]:
    defaults = asdict(Options())
    named = {name for _, names in _SECTIONS for name in names}
    others = (_OTHERS, tuple(name for name in NAMES if name not in named))
    sections = (*_SECTIONS, others) if others[1] else _SECTIONS
    return tuple(
        Group(label, tuple(_make_field(name, defaults[name]) for name in names)) for label, names in sections
    )


def _make_field(name: str, default: object) -> Field:
    choices = CHOICES.get(name, ())
    kind = Kind.CHOICE if choices else Kind.NUMBER if isinstance(default, int) else Kind.TEXT
    if isinstance(default, bool):
        kind, choices = Kind.CHOICE, YES_NO
    return Field(
        name,
        LABELS[name],
        kind,
        HELP[name],
        choices,
        TERMS.get(name, ""),
        SUGGESTIONS.get(name, ()),
        usual=_spell(default),
    )


def _spell(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


GROUPS: Final = _make_groups()
