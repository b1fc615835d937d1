"""What is timed: a table of names and of what each does with a visitor."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from urllib.parse import quote, urlencode

from benchmarks.visits.visitor import Unexpected, Visitor, find_value
from openworklist.domain.record_order import SORTS
from openworklist.domain.search import STATUSES

# Of the names that `benchmarks.worklists` gives: one family in ten, one in some thousands, and none.
FAMILY, RARE, NOBODY = "bak", "baker01", "nobody"
_SEARCHES = (
    FAMILY,
    RARE,
    NOBODY,
    f"name:{FAMILY}",
    f"name:{RARE}",
    "id:P00000003",
    "acc:A000000005",
    "date:today",
    f"{FAMILY} mod:ct date:today",
    "mod:ct",
    *(f"status:{word}" for word in STATUSES),
    "birth:1970-01-01",
    "sex:f",
    "procedure:04",
)
_TOTALS = ("", FAMILY, "date:today", "status:completed", "birth:1970-01-01")
_NEXT = r'href="([^"]+)" rel="next"|rel="next" href="([^"]+)"'
_FAR = 100

Deed = tuple[str, Callable[[], object]]  # its name, and what is timed


def list_deeds(visitor: Visitor) -> Iterator[Deed]:
    """In the order of a visit. Whatever a deed needs beforehand is done before it is given out."""
    every, today = list_of(""), list_of("date:today")
    yield "the page of today", partial(visitor.get, "/worklist")
    yield "the page of everything", partial(visitor.get, every)
    yield "the list of everything, as htmx asks for it", partial(visitor.get, every, "list")
    for text in _SEARCHES:
        yield f"search `{text}`", partial(visitor.post, "/worklist/search", {"text": text})
    for text in _TOTALS:
        name = f"`{text}`" if text else "everything"
        total = f"/worklist/total?{urlencode({'text': text})}"
        yield f"total of {name}", partial(visitor.get, total, "total")
    for sort in SORTS:
        yield f"everything sorted by {sort}", partial(visitor.get, f"{every}&sort={sort}&dir=up")
    yield "today sorted by birth_date", partial(visitor.get, f"{today}&sort=birth_date&dir=up")
    yield from _list_pages(visitor, every)
    yield from _list_record(visitor, every)
    for text in (FAMILY, "id:P00000003"):
        yield f"REST search `{text}`", partial(visitor.get, f"/api/v1/records?text={quote(text)}")


def list_of(text: str) -> str:
    return f"/worklist?{urlencode({'text': text})}"


def _list_pages(visitor: Visitor, first: str) -> Iterator[Deed]:
    """The second page and a far one, as far as there are so many."""
    address = first
    for number in range(2, _FAR + 1):
        try:
            address = find_value(visitor.get(address, "list"), r'rel="next" href="([^"]+)"')
        except Unexpected:
            return
        if number in (2, _FAR):
            yield f"page {number} of everything", partial(visitor.get, address)


def _list_record(visitor: Visitor, every: str) -> Iterator[Deed]:
    number = find_value(visitor.get(every), r'data-number="(\d+)"')
    form = f"/records/{number}/edit"
    yield "the pane of a record", partial(visitor.get, f"{every}&record={number}", "record")
    yield "the form of a record", partial(visitor.get, form)
    numbers = count()

    def save() -> None:
        page = visitor.get(form)
        version = find_value(page, r'name="version" value="(\d+)"')
        name = "requested_procedure_description"
        was = find_value(page, rf'name="was\.{name}" value="([^"]*)"')
        texts = {name: f"Changed {next(numbers)}", f"was.{name}": was}
        visitor.post(form, {"version": version, **texts})

    yield "a record opened to edit, and saved", save
