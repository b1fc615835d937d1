"""The grammar of the search box."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.days import normalize_span, read_day, to_bounds
from openworklist.domain.errors import SearchError
from openworklist.domain.search import FIELDS, Search, Term, has_patient_data, make_search
from openworklist.domain.search_text import format_search, parse_search

VALUES = {
    "birth_date": st.sampled_from(["1970-01-01", "01.02.1970", "..1980-01-01"]),
    "date": st.sampled_from(["today", "week", "all", "none", "2026-03-01..today", "tomorrow.."]),
    "status": st.sampled_from(["open", "on hold", "COMPLETED,canceled", "-"]).filter(
        lambda text: text != "-"
    ),
    "number": st.integers(0, 10**18 - 1).map(str),
}
TEXTS = st.text(min_size=1, max_size=20)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_what_is_read_is_written_the_same(text: str) -> None:
    try:
        search = parse_search(text)
    except SearchError:
        return
    assert parse_search(format_search(search)) == search


@given(st.data())
def test_any_form_is_written_as_a_text_that_means_the_same(data: st.DataObject) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=5))
    values = {name: data.draw(VALUES.get(name, TEXTS)) for name in names}
    try:
        search = make_search(values, tuple(data.draw(st.lists(TEXTS, max_size=3))))
    except SearchError:
        return
    assert parse_search(format_search(search)) == search


def test_fields_words_and_what_is_left_out() -> None:
    search = parse_search('doe, jane mod:CT Date:14.03.2026 acc:333 "van der" -status:Completed -"x:y"')
    assert search == Search(
        modality="CT",
        date="2026-03-14",
        accession_number="333",
        words=("doe", "jane", "van der"),
        without=(Term("status", "completed", True), Term("", "x:y", True)),
    )
    assert format_search(search) == (
        'acc:333 mod:CT date:2026-03-14 doe jane "van der" -status:completed -"x:y"'
    )


def test_codes_said_twice_are_one_or_the_other_and_an_id_said_twice_is_an_error() -> None:
    assert parse_search("mod:CT mod:MR,CT").modality == "CT,MR"
    assert parse_search("name:doe name:jane").patient_name == "doe jane"
    with pytest.raises(SearchError) as caught:
        parse_search("id:1 pid:2")
    assert caught.value.code == "search.twice"


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("colour:red", "search.unknown-field", "colour"),
        ("mod:", "search.value-missing", "modality"),
        ("date:someday", "search.value-unfit", "date"),
        ("date:2026-03-14..2026-03-01", "search.value-unfit", "date"),
        ("birth:31.02.1970", "search.value-unfit", "birth_date"),
        ("status:broken", "search.value-unfit", "status"),
        ("number:x", "search.value-unfit", "number"),
        ("x" * 501, "search.too-long", ""),
    ],
)
def test_what_cannot_be_read_is_named(text: str, code: str, where: str) -> None:
    with pytest.raises(SearchError) as caught:
        parse_search(text)
    assert (caught.value.code, caught.value.where) == (code, where)


@pytest.mark.parametrize(
    "text", ["doe", "name:doe", "id:1", "-id:1", "dob:1970-01-01", "acc:1", "procid:1", "-doe"]
)
def test_what_tells_of_a_patient(text: str) -> None:
    assert has_patient_data(parse_search(text))


def test_what_tells_of_none() -> None:
    assert not has_patient_data(parse_search("mod:CT date:today -status:open ae:CT1 sex:f number:7"))


def test_each_term_can_be_taken_away() -> None:
    search = parse_search("doe mod:CT -status:completed -jane")
    for term in search.terms:
        search = search.drop(term)
    assert search == Search()


@pytest.mark.parametrize(
    "text", ["2026-03-04", "20260304", "2026/03/04", "04.03.2026", "4.3.2026", "04/03/2026", "04-03-2026"]
)
def test_days_as_people_write_them(text: str) -> None:
    assert read_day(text) == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("span", "bounds"),
    [
        ("today", ("20260301", "20260301")),
        ("yesterday", ("20260228", "20260228")),
        ("week", ("20260223", "20260301")),
        ("tomorrow..", ("20260302", "")),
        ("..2026-02-01", ("", "20260201")),
        ("2026-02-01..today", ("20260201", "20260301")),
    ],
)
def test_spans_of_days(span: str, bounds: tuple[str, str]) -> None:
    assert normalize_span(span) == span
    assert to_bounds(span, date(2026, 3, 1)) == bounds
