"""A scanner that asks, and what the site has decided about it; the site's options count for all else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from openworklist.domain.ae_title import is_ae_title
from openworklist.domain.errors import SettingsError
from openworklist.domain.record import Status
from openworklist.domain.repertoire import FALLBACKS, parse_repertoire
from openworklist.domain.zones import is_zone

WITHOUT_STATION: Final = ("all", "modality", "none")
OVER_LIMIT: Final = ("cut", "refuse")
ANY_DAY: Final = "any"
_MOST_DAYS: Final = 3650
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner by its AE title. None, "" and () stand for what the option of the same name says.

    `modalities` are those it makes; none if that is not known. One that was only seen and that nobody has
    decided about is not confirmed, and is unknown to the site.
    """

    ae_title: str
    description: str = ""
    modalities: tuple[str, ...] = ()
    is_refused: bool = False
    use_calling_ae: bool | None = None
    without_station: str = ""
    answer_charset: str = ""
    charset_fallback: str = ""
    shown_statuses: tuple[str, ...] = ()
    day_window: str = ""
    answer_limit: int | None = None
    over_limit: str = ""
    flag_unsupported: bool | None = None
    time_zone: str = ""
    is_confirmed: bool = False


def parse_statuses(text: str) -> tuple[str, ...]:
    """Statuses from a list with commas; SettingsError if one is none."""
    found = tuple(dict.fromkeys(each.strip().upper() for each in text.split(",") if each.strip()))
    unknown = [each for each in found if each not in set(Status)]
    if unknown:
        raise SettingsError(f"{unknown[0]!r} is no status: {', '.join(Status)}.", where="shown_statuses")
    return found


def parse_shown(text: str) -> tuple[str, ...]:
    """As `parse_statuses`, of a list that names one at least: with none nobody would be shown anything."""
    found = parse_statuses(text)
    if not found:
        raise SettingsError(
            "No status is named.", where="shown_statuses", hint="options reset shown_statuses: the default"
        )
    return found


def parse_window(text: str) -> tuple[int, int] | None:
    """Days before and after today: `2,7`, or `7` for as many of each; None for any day.

    SettingsError if it is neither.
    """
    if text == ANY_DAY:
        return None
    days = [each.strip() for each in text.split(",")]
    if len(days) > 2 or not all(each.isascii() and each.isdecimal() and len(each) <= 4 for each in days):
        raise SettingsError(
            f"{text!r} is no window of days.",
            where="day_window",
            hint="write days before and after today, like 1,7, or `any`",
        )
    before, after = int(days[0]), int(days[-1])
    if max(before, after) > _MOST_DAYS:
        raise SettingsError(f"{text!r} has more than {_MOST_DAYS} days.", where="day_window")
    return before, after


def to_document(scanner: Scanner) -> dict[str, Any]:
    document = asdict(scanner)
    del document["ae_title"]
    return document


def from_document(ae_title: str, document: Any) -> Scanner:
    """SettingsError if it is no scanner; it names what is wrong."""
    problem = is_ae_title(ae_title)
    if problem:
        raise SettingsError(f"{ae_title!r} {problem}.", where="scanner")
    if not isinstance(document, Mapping) or document.keys() - _CHECKS.keys():
        raise SettingsError(f"The scanner {ae_title} has settings that nobody knows.", where=ae_title)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
    }
    for name, value in values.items():
        if not _CHECKS[name](value):
            raise SettingsError(f"{name} of the scanner {ae_title} cannot be {value!r}.", where=name)
    scanner = Scanner(ae_title.strip(" "), **values)
    scanner = replace(scanner, shown_statuses=parse_statuses(",".join(scanner.shown_statuses)))
    parse_window(scanner.day_window or ANY_DAY)
    parse_repertoire(scanner.answer_charset)
    return scanner


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and value.isprintable()


def _is_texts(value: object) -> bool:
    return isinstance(value, tuple) and len(value) <= _LONGEST and all(map(_is_text, value))


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_choice(value: object) -> bool:
    return value is None or isinstance(value, bool)


def _one_of(*choices: str) -> Callable[[object], bool]:
    return lambda value: value in ("", *choices)


def _is_limit(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


_CHECKS: Final[Mapping[str, Callable[[object], bool]]] = {
    "description": _is_text,
    "modalities": _is_texts,
    "is_refused": _is_flag,
    "use_calling_ae": _is_choice,
    "without_station": _one_of(*WITHOUT_STATION),
    "answer_charset": _is_text,
    "charset_fallback": _one_of(*FALLBACKS),
    "shown_statuses": _is_texts,
    "day_window": _is_text,
    "answer_limit": _is_limit,
    "over_limit": _one_of(*OVER_LIMIT),
    "flag_unsupported": _is_choice,
    "time_zone": lambda value: _is_text(value) and is_zone(str(value)),
    "is_confirmed": _is_flag,
}
NAMES: Final = tuple(each.name for each in fields(Scanner))
