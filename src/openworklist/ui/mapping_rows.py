"""The left side of the mapping page: a row an attribute, what its rule found in the sample, and how it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openworklist.domain.attribute import Attribute
from openworklist.domain.errors import MappingError
from openworklist.domain.extra import read_attribute
from openworklist.domain.record import Value
from openworklist.hl7.explain import Explained, ExplainedOrder, Look, Outcome
from openworklist.ui.mapping_check import Checked, Problem
from openworklist.ui.mapping_draft import RuleDraft
from openworklist.ui.mapping_editor import Editor


@dataclass(frozen=True, slots=True)
class Row:
    """`state` is found, deleted, constant, default, empty, problem, or "" without a rule or a sample.

    `places` are where in the sample the value is from, else where it was looked for.
    """

    number: int
    rule: RuleDraft
    label: str
    keyword: str
    is_open: bool
    is_extra: bool
    state: str = ""
    value: str = ""
    remark: str = ""
    places: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()
    problems: tuple[Problem, ...] = ()


def make_rows(editor: Editor, checked: Checked, order: ExplainedOrder | None) -> tuple[Row, ...]:
    """A row for each rule of the set that is shown."""
    return tuple(
        _make_row(number, rule, editor, checked, order) for number, rule in enumerate(editor.rules.rules)
    )


def find_uses(order: ExplainedOrder | None) -> dict[str, str]:
    """For each place of the sample that a value was taken from, of which attributes."""
    uses: dict[str, str] = {}
    for explained in order.attributes if order else ():
        for look in explained.looks:
            if look.ends:
                label = explained.attribute.label
                uses[look.place] = f"{uses[look.place]}, {label}" if look.place in uses else label
    return uses


def write_value(value: Value) -> str:
    """A value in a line; of a sequence the values of its items."""
    if isinstance(value, str):
        return value
    return "; ".join(", ".join(write_value(part) for part in item.values() if part) for item in value)


def _make_row(
    number: int, rule: RuleDraft, editor: Editor, checked: Checked, order: ExplainedOrder | None
) -> Row:
    attribute = _find_attribute(rule)
    problems = checked.find_problems(editor.chosen, rule.attribute)
    label, keyword = (attribute.label, attribute.keyword) if attribute else (rule.attribute, "")
    is_open = editor.open == rule.attribute
    is_extra = attribute is None or attribute.name != rule.attribute
    typed = tuple(each.place for each in rule.sources if each.segment.strip())
    explained = _find_explained(attribute, order)
    if problems:
        sentence = problems[0].error.sentence
        return Row(
            number, rule, label, keyword, is_open, is_extra, "problem", "", sentence, typed, (), problems
        )
    if explained is None or rule.is_empty:
        return Row(number, rule, label, keyword, is_open, is_extra, places=typed)
    state, remark = _judge(explained, order)
    taken = tuple(look.place for look in explained.looks if look.ends)
    looked = tuple(look.place for look in explained.looks)
    value = write_value(explained.value)
    return Row(
        number,
        rule,
        label,
        keyword,
        is_open,
        is_extra,
        state,
        value,
        remark,
        taken or looked,
        explained.looks,
    )


def _find_attribute(rule: RuleDraft) -> Attribute | None:
    try:
        return read_attribute(rule.attribute, vr=rule.vr, creator=rule.creator)
    except MappingError:
        return None


def _find_explained(attribute: Attribute | None, order: ExplainedOrder | None) -> Explained | None:
    if attribute is None or order is None:
        return None
    return next((each for each in order.attributes if each.attribute.name == attribute.name), None)


def _judge(explained: Explained, order: ExplainedOrder | None) -> tuple[str, str]:
    """The state, and in a sentence what is odd about it."""
    odd = _join(
        each.sentence
        for each in (order.notices if order else ())
        if each.name == explained.attribute.name and each.is_serious
    )
    if explained.is_deleted:
        return "deleted", odd
    if explained.value:
        is_word = explained.origin in ("constant", "default")
        return explained.origin if is_word else "problem" if odd else "found", odd
    refused = _join(look.reason for look in explained.looks if look.outcome is Outcome.REFUSED)
    return ("problem", refused or odd) if refused else ("empty", odd)


def _join(sentences: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(sentences))
