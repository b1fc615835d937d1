"""A profile is the same after it was in the form of the mapping page, as a browser would send it back."""

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from openworklist.domain.role import Role
from openworklist.domain.visitor import Visitor
from openworklist.hl7.profile import Profile
from openworklist.hl7.profile_json import from_json
from openworklist.hl7.shapes import SHAPES
from openworklist.ui.mapping_check import check, to_document
from openworklist.ui.mapping_draft import ProfileDraft
from openworklist.ui.mapping_editor import read_editor, start_editor
from openworklist.ui.mapping_rows import make_rows
from openworklist.ui.render import get_environment
from players.profiles import everything, profiles

ENVIRONMENT = get_environment("en")
PAGE = ENVIRONMENT.from_string(
    '<input type="hidden" name="others" value="{{ editor.others }}">'
    '<input type="hidden" name="chosen" value="{{ editor.chosen }}">'
    '{% include "mapping/_rules.html" %}'
)


class Form(HTMLParser):
    """The fields of a form, with the line ends that a browser sends."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = self._area = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") != "checkbox" and "name" in given:
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given["name"]
            self.fields[self._select] = ""
        elif tag == "option" and "selected" in given:
            self._text = []
            self._area = f"option {given.get('value', '')}"
        elif tag == "textarea":
            self._area, self._text = given["name"], []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text)
        if tag == "option" and self._area.startswith("option "):
            self.fields[self._select] = self._area.removeprefix("option ") or text
            self._area = ""
        elif tag == "textarea" and self._area:
            # HTML drops the first line end of a text area.
            self.fields[self._area] = text.removeprefix("\n").replace("\n", "\r\n")
            self._area = ""


def render(editor: object, profile: Profile) -> str:
    return PAGE.render(
        editor=editor,
        work={"rows": make_rows(editor, check(editor.draft, editor.chosen), None)},  # type: ignore[attr-defined,arg-type]
        may_change=True,
        address="/mapping/draft",
        visitor=Visitor("test", Role.ADMINISTRATOR, "local"),
        attributes=[],
        texts={},
        done="",
        used="",
        focus="",
        shapes=sorted(SHAPES),
    )


@settings(max_examples=40)
@given(profiles, st.data())
def test_a_profile_is_the_same_after_it_was_in_the_form(profile: Profile, data: st.DataObject) -> None:
    editor = start_editor(ProfileDraft.from_profile(profile))
    editor = editor.with_chosen(data.draw(st.integers(0, len(editor.draft.sets) - 1)))
    names = [rule.attribute for rule in editor.rules.rules]
    opened = data.draw(st.sampled_from(["", *names]))
    form = Form()
    form.feed(render(type(editor)(editor.draft, editor.chosen, opened), profile))
    back = read_editor(profile.name, form.fields)

    assert everything(from_json(to_document(back.draft)))[0] == profile.name
    assert sort(from_json(to_document(back.draft))) == sort(profile)


def sort(profile: Profile) -> object:
    """Whatever the order of the rules, which says nothing."""
    return (
        sorted(profile.rules, key=lambda rule: rule.attribute.name),
        [(each.when, each.profile.name, sort(each.profile)) for each in profile.variants],
    )
