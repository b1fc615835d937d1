"""What templates say: translated, filled, and escaped whatever it is."""

from openworklist.ui.render import get_environment


def write(source: str, **values: object) -> str:
    return get_environment("en").from_string(source).render(**values)


def test_a_text_that_somebody_typed_is_no_markup_where_it_is_looked_up() -> None:
    assert write("{{ _(text) }}", text="<b>100 %</b>") == "&lt;b&gt;100 %&lt;/b&gt;"


def test_values_in_a_text_are_no_markup() -> None:
    assert write("{{ _('It is %(text)s', text=text) }}", text="<b>") == "It is &lt;b&gt;"
    assert write("{{ _('It is %(text)s', text=text | shown) }}", text="<b>") == "It is <bdi>&lt;b&gt;</bdi>"


def test_numbers_choose_the_form() -> None:
    source = "{{ ngettext('%(num)s day of %(who)s', '%(num)s days of %(who)s', number, who=who) }}"
    assert write(source, number=1, who="<i>") == "1 day of &lt;i&gt;"
    assert write(source, number=2, who="Ann") == "2 days of Ann"
