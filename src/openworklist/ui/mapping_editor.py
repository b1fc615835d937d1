"""The state of the mapping page, which its form passes on: the draft, the sample, and what is open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Self

from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.errors import MappingError
from openworklist.ui.mapping_draft import ProfileDraft, RuleDraft, RuleSet, SourceDraft
from openworklist.ui.mapping_sample import Sample, read_sample

# As the manual's dialog lists them; whatever else a profile has stands behind them.
USUAL: Final = (
    "patient_id", "patient_name", "patient_birth_date", "patient_sex", "order_status",
    "accession_number", "requesting_physician", "requested_procedure_description", "modality",
    "scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time",
    "scheduled_performing_physician_name", "scheduled_procedure_step_id", "scheduled_station_ae_title",
    "scheduled_station_name", "requested_procedure_id", "requested_procedure_priority", "study_instance_uid",
)  # fmt: skip
_RANKS: Final = {
    name: rank for rank, name in enumerate(dict.fromkeys((*USUAL, *(each.name for each in ATTRIBUTES))))
}
_PLACES: Final = tuple(each.name for each in fields(SourceDraft))
_TEXTS: Final = ("pattern", "table", "default", "constant", "vr", "creator")


@dataclass(frozen=True, slots=True)
class Editor:
    """`chosen` is the set of rules that is shown, `open` the attribute whose rule is shown whole.

    `picked` is the place in the sample that was chosen, `suggesting` where suggestions are taken from.
    """

    draft: ProfileDraft
    chosen: int = 0
    open: str = ""
    sample: Sample = field(default_factory=Sample)
    picked: str = ""
    scanner: str = ""
    suggesting: str = ""
    note: str = ""

    @property
    def rules(self) -> RuleSet:
        return self.draft.sets[self.chosen]

    def with_rules(self, rules: RuleSet) -> Self:
        return replace(self, draft=self.draft.with_set(self.chosen, rules))

    def with_rule(self, rule: RuleDraft) -> Self:
        return self.with_rules(arrange(self.rules.with_rule(rule)))

    def get_rule(self, attribute: str) -> RuleDraft:
        return self.rules.find(attribute) or RuleDraft(attribute)

    def with_chosen(self, number: int) -> Self:
        """The same with another set of rules shown."""
        chosen = number if 0 <= number < len(self.draft.sets) else 0
        found = replace(self, chosen=chosen, open="")
        return found.with_rules(arrange(found.rules))

    @property
    def others(self) -> str:
        """What of the draft no field shows, as a text for one that is hidden."""
        sets = [
            {
                "name": each.name,
                "when": each.when,
                "rules": [rule.to_text() for rule in each.rules] if number != self.chosen else [],
            }
            for number, each in enumerate(self.draft.sets)
        ]
        return json.dumps({"sets": sets, "controls": dict(self.draft.controls)}, ensure_ascii=False)


def arrange(rules: RuleSet) -> RuleSet:
    """The rules in the order of the page, the usual attributes among them without a rule too."""
    found = {rule.attribute: rule for rule in reversed(rules.rules)}
    names = sorted({*USUAL, *found}, key=lambda name: (_RANKS.get(name, len(_RANKS)), name))
    return replace(rules, rules=tuple(found.get(name) or RuleDraft(name) for name in names))


def start_editor(draft: ProfileDraft, sample: Sample | None = None) -> Editor:
    return Editor(draft, sample=sample or Sample()).with_chosen(0)


def read_editor(name: str, texts: Mapping[str, str]) -> Editor:
    """The state that the fields of the form have; MappingError if they are not those of the form."""
    texts = {key: text.replace("\r\n", "\n") for key, text in texts.items()}
    try:
        others = json.loads(texts["others"])
        chosen = int(texts["chosen"])
        sets = [_read_set(each) for each in others["sets"]]
        sets[chosen] = replace(sets[chosen], rules=tuple(_read_rules(texts)))
        draft = ProfileDraft(name, tuple(sets), others["controls"])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise MappingError(
            "The form does not have the fields that it must have.",
            hint="load the page anew",
            code="request.invalid",
        ) from error
    return Editor(
        draft,
        chosen,
        texts.get("open", ""),
        read_sample(texts),
        "",
        texts.get("scanner", "").strip(),
        texts.get("suggesting", ""),
        texts.get("note", ""),
    )


def _read_set(members: Any) -> RuleSet:
    return RuleSet(members["name"], tuple(map(RuleDraft.from_text, members["rules"])), members["when"])


def _read_rules(texts: Mapping[str, str]) -> list[RuleDraft]:
    found: list[RuleDraft] = []
    while (text := texts.get(f"r{len(found)}")) is not None:
        found.append(_read_rule(f"r{len(found)}", RuleDraft.from_text(text), texts))
    return found


def _read_rule(row: str, rule: RuleDraft, texts: Mapping[str, str]) -> RuleDraft:
    """The rule as it was, with what its boxes say now: of one that is not open the first place alone."""
    sources = tuple(
        replace(source, **_given(f"{row}s{number}-", _PLACES, texts))
        for number, source in enumerate(rule.sources)
    )
    return replace(rule, sources=sources, **_given(f"{row}-", _TEXTS, texts))


def _given(prefix: str, names: tuple[str, ...], texts: Mapping[str, str]) -> dict[str, str]:
    return {name: texts[prefix + name] for name in names if prefix + name in texts}
