"""From the values of a record to an order message that intake reads back as the same record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from openworklist.domain.attributes import ATTRIBUTES, BY_NAME
from openworklist.domain.charset import CHARSETS, Charset, from_hl7
from openworklist.domain.errors import CharsetError, OpenWorklistError
from openworklist.domain.record import Value
from openworklist.hl7 import mapping
from openworklist.hl7.charset import decode
from openworklist.hl7.draft import Draft
from openworklist.hl7.inverse import to_leaves
from openworklist.hl7.message import parse
from openworklist.hl7.path import Path, parse_path
from openworklist.hl7.profile import Profile
from openworklist.hl7.rule import Rule, Source

Kind = Literal["ORM", "OMI", "OMG"]
_TYPES: Final[Mapping[Kind, tuple[str, str, str]]] = {
    "ORM": ("ORM", "O01", "ORM_O01"),
    "OMI": ("OMI", "O23", "OMI_O23"),
    "OMG": ("OMG", "O19", "OMG_O19"),
}
_UTF8: Final = "UNICODE UTF-8"
_HAS_NO_PLACE: Final = "the mapping has no place for it"
_IS_MISREAD: Final = "in this message it would be read as something else"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the header says; `time` is YYYYMMDDHHMMSS, `charset` "" for the smallest that has all letters."""

    control_id: str
    time: str
    sending_application: str = ""
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    version: str = "2.5.1"
    charset: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A value that the message does not carry, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A message, and how it differs from the record: what it leaves out, and what is read beside it.

    `added` names attributes that the record has not: in the mapping they share a place with one that it has.
    """

    content: bytes
    left_out: tuple[LeftOut, ...] = ()
    added: tuple[str, ...] = ()


def compose(
    values: Mapping[str, Value],
    profile: Profile,
    header: Outgoing,
    *,
    control: str = "NW",
    kind: Kind = "ORM",
) -> Composed:
    """An order with these values, each in the place where the profile reads it.

    It was read back by the profile: every value comes back equal or is told of in `left_out`. With `OMI` the
    step stands in IPC. CharsetError if the header names a character set that nobody knows.
    """
    wanted = {name: value for name, value in values.items() if value}
    candidates = [
        _Composer(wanted, profile, rules, header, control, kind).run() for rules in _find_rules(profile, kind)
    ]
    return min(candidates, key=lambda each: len(each.left_out))


def _find_rules(profile: Profile, kind: Kind) -> Iterable[tuple[Rule, ...]]:
    """The rules of the profile and its variants that such a message may be written by."""
    found = [profile.rules, *(variant.profile.rules for variant in profile.variants)]
    fitting = [rules for rules in found if _reads_steps(rules) == (kind == "OMI")]
    return fitting or found[:1]


def _reads_steps(rules: Iterable[Rule]) -> bool:
    return any(source.path.segment == "IPC" for rule in rules for source in rule.sources)


class _Composer:
    """Writes, reads back, and writes anew without what came back as something else."""

    def __init__(
        self,
        values: Mapping[str, Value],
        profile: Profile,
        rules: Iterable[Rule],
        header: Outgoing,
        control: str,
        kind: Kind,
    ) -> None:
        self._values = values
        self._profile = profile
        self._rules = {rule.attribute.name: rule for rule in rules}
        self._header = header
        self._control = control
        self._kind = kind
        self._reasons: dict[str, str] = {}
        self._used: dict[str, Source] = {}  # where each value was put last
        self._failed: set[tuple[str, Source]] = set()

    def run(self) -> Composed:
        while True:
            text = self._write()
            content = self._encode(text)
            read = self._read_back(content)
            odd = {
                name
                for name, value in self._values.items()
                if name not in self._reasons and read.get(name) != value
            }
            if not odd:
                left_out = tuple(LeftOut(name, self._reasons[name]) for name in _in_order(self._reasons))
                added = tuple(_in_order(read.keys() - self._values.keys()))
                return Composed(content, left_out, added)
            for name in odd:
                # Another place of its rule may do; once all were tried, it is left out.
                if name in self._used:
                    self._failed.add((name, self._used[name]))
                else:
                    self._reasons[name] = _IS_MISREAD

    def _write(self) -> str:
        self._used.clear()
        draft = Draft()
        draft.put(self._write_header())
        owners: dict[Path, str] = {}
        for name in _in_order(self._values):
            if name in self._reasons:
                continue
            rule = self._rules.get(name)
            if rule is None or not (rule.sources or rule.constant):
                self._reasons[name] = _HAS_NO_PLACE
            elif rule.sources:
                self._place(rule, name, draft, owners)
        return draft.write()

    def _place(self, rule: Rule, name: str, draft: Draft, owners: dict[Path, str]) -> None:
        is_misread = any(failed == name for failed, _ in self._failed)
        reason = _IS_MISREAD if is_misread else "the places of the mapping cannot hold it"
        for source in rule.sources:
            if source.where is not None or (name, source) in self._failed:
                continue
            leaves = to_leaves(rule, self._values[name], source.path, self._values)
            if leaves is None:
                continue
            conflict = draft.find_conflict(leaves)
            if conflict is None:
                draft.put(leaves)
                owners.update(dict.fromkeys(leaves, name))
                self._used[name] = source
                return
            owner = BY_NAME.get(owners.get(conflict, ""))
            reason = f"its place {source.path} holds {owner.label if owner else 'something else'}"
        self._reasons[name] = reason

    def _write_header(self) -> dict[Path, str]:
        header = self._header
        code, trigger, structure = _TYPES[self._kind]
        texts = {
            "MSH-3": header.sending_application,
            "MSH-4": header.sending_facility,
            "MSH-5": header.receiving_application,
            "MSH-6": header.receiving_facility,
            "MSH-7": header.time,
            "MSH-9.1": code,
            "MSH-9.2": trigger,
            "MSH-9.3": structure,
            "MSH-10": header.control_id,
            "MSH-11": "P",
            "MSH-12": header.version,
            "ORC-1": self._control,
            "OBR-1": "1",
            "PID-1": "1",
        }
        return {parse_path(place): text for place, text in texts.items() if text}

    def _encode(self, text: str) -> bytes:
        """The bytes, with their character set in MSH-18."""
        charset = _choose(text, self._header.charset)
        head, _, rest = text.partition("\r")
        fields = head.split("|")
        if not text.isascii() or self._header.charset:
            fields += [""] * (18 - len(fields))
            fields[17:] = [charset.hl7[0]]
        whole = "|".join(fields) + "\r" + rest
        # What the set lacks is read back as something else, and left out then.
        return whole.encode(charset.python, "replace")

    def _read_back(self, content: bytes) -> Mapping[str, Value]:
        try:
            decoded = decode(content)
            orders = mapping.apply(parse(decoded.text), self._profile, codec=decoded.codec)
        except OpenWorklistError:
            return {}
        return orders[0].values if orders else {}


def _choose(text: str, name: str) -> Charset:
    if name:
        found = from_hl7(name)
        if found is None:
            raise CharsetError(f"{name!r} is no character set of HL7 table 0211.", where="MSH-18")
        return found
    return next(each for each in _SIZES if _holds(each, text))


def _holds(charset: Charset, text: str) -> bool:
    try:
        text.encode(charset.python)
    except UnicodeEncodeError:
        return False
    return True


def _find_sizes() -> tuple[Charset, ...]:
    """ASCII, then the sets of a byte a letter, then all of Unicode."""
    single = [each for each in CHARSETS if each.hl7 and each.hl7[0].startswith("8859/")]
    return tuple(each for each in (from_hl7("ASCII"), *single, from_hl7(_UTF8)) if each is not None)


_SIZES: Final = _find_sizes()
_PLACES: Final = {attribute.name: number for number, attribute in enumerate(ATTRIBUTES)}


def _in_order(names: Iterable[str]) -> list[str]:
    """In the order of the catalogue, those outside of it last."""
    return sorted(names, key=lambda name: (_PLACES.get(name, len(_PLACES)), name))
