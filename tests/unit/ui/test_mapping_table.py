import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.errors import MappingError
from openworklist.ui.mapping_table import format_table, parse_table


def test_a_line_is_a_text_and_what_stands_for_it() -> None:
    assert parse_table("CT01 = CT\n\n MR head=MR \n* = *") == {"CT01": "CT", "MR head": "MR", "*": "*"}


def test_texts_that_could_be_read_otherwise_stand_in_quotes() -> None:
    table = {"a = b": "c", ' "x"': "", "": "line\nbreak"}

    assert format_table(table) == '"a = b" = c\n" \\"x\\"" = ""\n"" = "line\\nbreak"'
    assert parse_table(format_table(table)) == table


@given(st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=4))
def test_any_table_is_read_as_it_was_written(table: dict[str, str]) -> None:
    assert parse_table(format_table(table)) == table


@pytest.mark.parametrize("text", ["CT01", "A = 1\nA = 2", '"a" b = c', 'a = "b" c'])
def test_what_is_no_line_is_told_with_its_number(text: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_table(text)

    assert caught.value.where == "table"
    assert "ine" in f"{caught.value.sentence} {caught.value.hint}"
