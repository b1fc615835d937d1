"""A mapping as a form holds it: every box as it was typed, so that nothing is lost while it is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Self

from openworklist.domain.errors import MappingError
from openworklist.hl7.path import Path, parse_path
from openworklist.hl7.profile import Profile
from openworklist.hl7.profile_json import FORMAT, VERSION, to_json
from openworklist.ui.mapping_table import format_table, parse_table

_PLACE: Final = ("segment", "position", "component", "subcomponent", "repetition", "occurrence")
_RULE_TEXTS: Final = ("pattern", "default", "constant", "vr", "creator")


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A place, in the boxes of the form; component "" and 0 are the whole field."""

    segment: str = ""
    position: str = ""
    component: str = ""
    subcomponent: str = ""
    repetition: str = ""
    occurrence: str = ""
    shape: str = ""
    where_path: str = ""
    where_value: str = ""
    where_shape: str = ""

    @classmethod
    def at(cls, path: Path) -> Self:
        """The place in its boxes; a whole field has the component 0, as the manual writes it."""
        numbers = {name: str(number) if number else "" for name, number in zip(_ORDER, path[2:], strict=True)}
        return cls(path.segment, str(path.field), **{**numbers, "component": str(path.component)})

    @classmethod
    def from_document(cls, document: Any) -> Self:
        members = {"path": document} if isinstance(document, str) else document
        where = members.get("where", {})
        where = {"path": where} if isinstance(where, str) else where
        return replace(
            cls.at(parse_path(members["path"])),
            shape=members.get("shape", ""),
            where_path=where.get("path", ""),
            where_value=where.get("value", ""),
            where_shape=where.get("shape", ""),
        )

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, each.name).strip() for each in fields(self))

    @property
    def place(self) -> str:
        """As people write it, like `OBR-4.2`; of what is no place yet something that none is."""
        segment, position, component, subcomponent, repetition, occurrence = (
            getattr(self, name).strip() for name in _PLACE
        )
        text = segment.upper() + (f"[{occurrence}]" if occurrence.strip("0") else "")
        text += f"-{position}" + (f"({repetition})" if repetition.strip("0") else "")
        if subcomponent.strip("0"):
            return f"{text}.{component or '?'}.{subcomponent}"
        return f"{text}.{component}" if component.strip("0") else text

    def to_document(self) -> Any:
        where = {
            name: text
            for name, text in (
                ("path", self.where_path.strip().upper()),
                ("value", self.where_value),
                ("shape", self.where_shape),
            )
            if text
        }
        rest = {name: value for name, value in (("shape", self.shape), ("where", where)) if value}
        return {"path": self.place, **rest} if rest else self.place


# The numbers of a path behind its field, in the order of hl7.path.
_ORDER: Final = Path._fields[2:]


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A row of the form; `attribute` as hl7.profile_json writes it, `table` a line for each of its words."""

    attribute: str
    sources: tuple[SourceDraft, ...] = (SourceDraft(),)
    pattern: str = ""
    table: str = ""
    default: str = ""
    constant: str = ""
    vr: str = ""
    creator: str = ""

    @classmethod
    def from_document(cls, attribute: str, document: Any) -> Self:
        members = document if isinstance(document, dict) and "path" not in document else {"sources": document}
        listed = members.get("sources", [])
        sources = tuple(map(SourceDraft.from_document, listed if isinstance(listed, list) else [listed]))
        texts = {name: members.get(name, "") for name in _RULE_TEXTS}
        return cls(
            attribute, sources or (SourceDraft(),), table=format_table(members.get("table", {})), **texts
        )

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `to_text` wrote, in a field that is not shown."""
        members = json.loads(text)
        sources = tuple(SourceDraft(**each) for each in members.pop("sources"))
        return cls(**members, sources=sources)

    @property
    def is_empty(self) -> bool:
        texts = (self.pattern, self.table.strip(), self.default, self.constant)
        return not any(texts) and all(each.is_empty for each in self.sources)

    def to_text(self) -> str:
        """The rule as text, without what is empty."""
        written = {name: value for name, value in asdict(self).items() if value}
        written["sources"] = [
            {name: text for name, text in each.items() if text} for each in written["sources"]
        ]
        return json.dumps(written, ensure_ascii=False)

    def to_document(self) -> dict[str, Any]:
        """The rule as JSON; MappingError on a value table that cannot be read."""
        written: dict[str, Any] = {name: text for name in _RULE_TEXTS if (text := getattr(self, name))}
        if sources := [each.to_document() for each in self.sources if not each.is_empty]:
            written["sources"] = sources
        if table := parse_table(self.table):
            written["table"] = table
        return written

    def with_source(self, number: int, source: SourceDraft) -> Self:
        """The same with another source in that place, which may be the one behind the last."""
        sources = [each for each in self.sources if not each.is_empty] if number < 0 else [*self.sources]
        number = len(sources) if number < 0 else number
        sources[number : number + 1] = [source]
        return replace(self, sources=tuple(sources))

    def without_source(self, number: int) -> Self:
        kept = (*self.sources[:number], *self.sources[number + 1 :])
        return replace(self, sources=kept or (SourceDraft(),))

    def with_source_up(self, number: int) -> Self:
        """The same with that source tried one earlier."""
        sources = [*self.sources]
        if 0 < number < len(sources):
            sources[number - 1], sources[number] = sources[number], sources[number - 1]
        return replace(self, sources=tuple(sources))


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of the profile itself (name "", no conditions), or of one of its variants."""

    name: str
    rules: tuple[RuleDraft, ...]
    when: Any = None

    def find(self, attribute: str) -> RuleDraft | None:
        return next((rule for rule in self.rules if rule.attribute == attribute), None)

    def with_rule(self, rule: RuleDraft) -> Self:
        """The same with a rule in place of that of its attribute, or at the end."""
        if self.find(rule.attribute) is None:
            return replace(self, rules=(*self.rules, rule))
        rules = tuple(rule if each.attribute == rule.attribute else each for each in self.rules)
        return replace(self, rules=rules)


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """A profile with the rules of each of its variants; `controls` are order control codes as JSON."""

    name: str
    sets: tuple[RuleSet, ...]
    controls: Mapping[str, str]

    @classmethod
    def from_profile(cls, profile: Profile) -> Self:
        document = to_json(profile)
        own = RuleSet("", _read_rules(document["rules"]))
        variants = (
            RuleSet(each["name"], _read_rules(each["rules"]), each["when"])
            for each in document.get("variants", [])
        )
        return cls(profile.name, (own, *variants), document.get("order_control", {}))

    def with_set(self, number: int, rules: RuleSet) -> Self:
        return replace(self, sets=(*self.sets[:number], rules, *self.sets[number + 1 :]))


def _read_rules(rules: Mapping[str, Any]) -> tuple[RuleDraft, ...]:
    return tuple(RuleDraft.from_document(attribute, rule) for attribute, rule in rules.items())


def wrap(name: str, rules: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The JSON of a profile with these rules."""
    given = {key: value for key, value in more.items() if value}
    return {"format": FORMAT, "version": VERSION, "name": name, "rules": dict(rules), **given}


def to_documents(rules: Iterable[RuleDraft]) -> dict[str, Any]:
    """The rules that say something as JSON, by attribute; MappingError if an attribute has two."""
    found: dict[str, Any] = {}
    for rule in rules:
        if rule.is_empty:
            continue
        if rule.attribute in found:
            raise MappingError(f"{rule.attribute} has two rules.", where=f"rules.{rule.attribute}")
        found[rule.attribute] = rule.to_document()
    return found
