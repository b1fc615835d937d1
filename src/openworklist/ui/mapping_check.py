"""A mapping as it was typed made into one that maps: what is wrong in it is told, the rest is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openworklist.domain.errors import MappingError
from openworklist.hl7.profile import Profile
from openworklist.hl7.profile_json import from_json
from openworklist.ui.mapping_draft import ProfileDraft, RuleDraft, RuleSet, to_documents, wrap


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a rule; `attribute` is "" where it is not a rule, `place` is within the rule."""

    set: int
    attribute: str
    place: str
    error: MappingError


@dataclass(frozen=True, slots=True)
class Checked:
    """`profile` has all rules that are right, `plain` those of the set that is looked at alone."""

    profile: Profile | None
    plain: Profile | None
    problems: tuple[Problem, ...]

    def find_problems(self, number: int, attribute: str) -> tuple[Problem, ...]:
        return tuple(each for each in self.problems if each.set == number and each.attribute == attribute)


def check(draft: ProfileDraft, chosen: int = 0) -> Checked:
    """Every rule by itself, so that all that is wrong is told at once."""
    problems = [each for number, rules in enumerate(draft.sets) for each in _check_set(number, rules)]
    wrong = {(each.set, each.attribute) for each in problems}
    good = [
        tuple(rule for rule in rules.rules if (number, rule.attribute) not in wrong)
        for number, rules in enumerate(draft.sets)
    ]
    sets = tuple(RuleSet(each.name, rules, each.when) for each, rules in zip(draft.sets, good, strict=True))
    try:
        profile = from_json(to_document(ProfileDraft(draft.name, sets, draft.controls)))
    except MappingError as error:
        return Checked(None, None, (*problems, Problem(-1, "", error.where, error)))
    plain = profile.variants[chosen - 1].profile if chosen else Profile(profile.name, profile.rules)
    return Checked(profile, plain, tuple(problems))


def to_document(draft: ProfileDraft) -> dict[str, Any]:
    """The JSON of the profile; MappingError where a value table cannot be read."""
    own, *others = draft.sets
    variants = [{"name": each.name, "when": each.when, "rules": to_documents(each.rules)} for each in others]
    rules = to_documents(own.rules)
    return wrap(draft.name, rules, variants=variants, order_control=dict(draft.controls))


def _check_set(number: int, rules: RuleSet) -> Iterator[Problem]:
    seen: set[str] = set()
    for rule in rules.rules:
        error = _find_problem(rule)
        if error is None and rule.attribute in seen:
            error = MappingError("The attribute has two rules.", where=f"rules.{rule.attribute}")
        seen.add(rule.attribute)
        if error is not None:
            place = error.where.removeprefix(f"rules.{rule.attribute}").lstrip(".")
            yield Problem(number, rule.attribute, place, error)


def _find_problem(rule: RuleDraft) -> MappingError | None:
    if rule.is_empty:
        return None
    try:
        from_json(wrap("rule", {rule.attribute: rule.to_document()}))
    except MappingError as error:
        return error.to_value()
    return None
