from openworklist.domain.options import NAMES, Options, change_option, find_choices
from openworklist.ui.forms.fields import Kind, all_fields
from openworklist.ui.forms.options import GROUPS, find_wrong, write_options


def test_every_option_stands_in_the_form_once() -> None:
    assert sorted(field.name for field in all_fields(GROUPS)) == sorted(NAMES)
    assert all(field.hint for field in all_fields(GROUPS))


def test_every_choice_of_an_option_has_words() -> None:
    for field in all_fields(GROUPS):
        choices = find_choices(field.name)
        assert not choices or [value for value, _ in field.choices] == list(choices), field.name


def test_what_is_suggested_may_be_typed() -> None:
    for field in all_fields(GROUPS):
        for text in field.suggestions:
            assert find_wrong(Options(), {field.name: text}) == {}, text


def test_what_is_written_is_read_as_the_same() -> None:
    options = change_option(change_option(Options(), "acknowledge", False), "answer_limit", 40)
    read = Options()
    for name, text in write_options(options).items():
        read = change_option(read, name, text)
    assert read == options


def test_the_value_of_a_choice_is_among_its_choices() -> None:
    values = write_options(Options())
    for field in all_fields(GROUPS):
        assert field.kind is not Kind.CHOICE or values[field.name] in dict(field.choices), field.name


def test_each_wrong_change_is_told_by_its_field() -> None:
    wrong = find_wrong(Options(), {"hl7_port": "seventy", "training": "maybe", "folder": "orders"})
    assert sorted(wrong) == ["hl7_port", "training"]
