"""What the buttons of the mapping page do to its draft: words, some with an argument: `more:modality`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from openworklist.domain.errors import MappingError
from openworklist.domain.extra import is_extra, read_attribute, write_attribute
from openworklist.hl7.profile import Profile, preset
from openworklist.hl7.profile_json import read_profile
from openworklist.ui.mapping_draft import ProfileDraft, RuleDraft, SourceDraft
from openworklist.ui.mapping_editor import Editor, start_editor
from openworklist.ui.mapping_offers import to_source

Texts = Mapping[str, str]
_Action = Callable[[Editor, str, Texts], Editor]


def act(editor: Editor, do: str, texts: Texts) -> Editor:
    """The state after a button; of any other word the same. An OpenWorklistError says why not."""
    word, _, argument = do.partition(":")
    action = _ACTIONS.get(word)
    return action(editor, argument, texts) if action else editor


def load(editor: Editor, profile: Profile) -> Editor:
    """The state with all rules of another profile, under the draft's name."""
    draft = replace(ProfileDraft.from_profile(profile), name=editor.draft.name)
    return replace(start_editor(draft, editor.sample), scanner=editor.scanner, note=editor.note)


def accept(editor: Editor, suggested: Profile, attributes: tuple[str, ...]) -> Editor:
    """The state with the rules that a suggested profile has for these attributes."""
    rules = {each.attribute: each for each in ProfileDraft.from_profile(suggested).sets[0].rules}
    for attribute in attributes:
        if attribute in rules:
            editor = editor.with_rule(rules[attribute])
    return editor


def _open(editor: Editor, argument: str, texts: Texts) -> Editor:
    return replace(editor, open=argument)


def _close(editor: Editor, argument: str, texts: Texts) -> Editor:
    return replace(editor, open="")


def _choose(editor: Editor, argument: str, texts: Texts) -> Editor:
    return editor.with_chosen(_to_number(argument))


def _add(editor: Editor, argument: str, texts: Texts) -> Editor:
    other = texts.get("add-other", "").strip()
    vr, creator = texts.get("add-vr", "").strip(), texts.get("add-creator", "").strip()
    name = other or texts.get("add-attribute", "")
    if not name:
        raise MappingError("No attribute was chosen.", where="add-attribute")
    if other and texts.get("add-step"):
        name = f"step.{other}"
    attribute = read_attribute(name, vr=vr if other else "", creator=creator if other else "")
    written = write_attribute(attribute)
    if editor.rules.find(written) is None:
        is_other = is_extra(attribute)
        rule = RuleDraft(written, vr=vr if is_other else "", creator=creator if is_other else "")
        editor = editor.with_rule(rule)
    return replace(editor, open=written)


def _clear(editor: Editor, argument: str, texts: Texts) -> Editor:
    kept = tuple(each for each in editor.rules.rules if each.attribute != argument)
    editor = editor.with_rules(replace(editor.rules, rules=kept))
    return replace(editor.with_chosen(editor.chosen), open=editor.open if editor.open != argument else "")


def _add_source(editor: Editor, argument: str, texts: Texts) -> Editor:
    rule = editor.get_rule(editor.open)
    return editor.with_rule(rule.with_source(len(rule.sources), SourceDraft()))


def _remove_source(editor: Editor, argument: str, texts: Texts) -> Editor:
    return editor.with_rule(editor.get_rule(editor.open).without_source(_to_number(argument)))


def _lift_source(editor: Editor, argument: str, texts: Texts) -> Editor:
    return editor.with_rule(editor.get_rule(editor.open).with_source_up(_to_number(argument)))


def _use(editor: Editor, argument: str, texts: Texts) -> Editor:
    """Fill the rule of the attribute that was chosen with the place that was pointed at."""
    attribute = texts.get("pick-attribute", "")
    read_attribute(attribute)
    source = to_source(texts.get("pick-place", ""), is_whole=argument == "field")
    rule = editor.get_rule(attribute)
    # A constant stands alone: a place that is chosen takes its place.
    rule = replace(rule, constant="")
    return editor.with_rule(rule.with_source(-1 if texts.get("pick-more") else 0, source))


def _load_default(editor: Editor, argument: str, texts: Texts) -> Editor:
    return load(editor, preset(texts.get("preset", "classic")))


def _read_json(editor: Editor, argument: str, texts: Texts) -> Editor:
    return load(editor, read_profile(texts.get("json", "")))


def _to_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


_ACTIONS: Final[Mapping[str, _Action]] = {
    "more": _open,
    "less": _close,
    "set": _choose,
    "add": _add,
    "clear": _clear,
    "source": _add_source,
    "source-remove": _remove_source,
    "source-up": _lift_source,
    "use": _use,
    "load-default": _load_default,
    "json": _read_json,
}
