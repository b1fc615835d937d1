from urllib.parse import quote

import pytest
from fastapi import Request

from openworklist.api.by_token.view import View, read_view
from openworklist.domain.errors import RequestError


def _read(query: str) -> View:
    return read_view(
        Request({"type": "http", "query_string": quote(query, safe="=&").encode(), "headers": []})
    )


def test_a_view_is_what_it_says_or_the_usual() -> None:
    assert _read("") == View(None, None, 90)
    assert _read("window=40,400&viewport=512,256&quality=60&annotation=patient") == View(
        (40.0, 400.0, "linear"), (512, 256), 60
    )
    assert _read("window=-600,1500.5,SIGMOID").window == (-600.0, 1500.5, "sigmoid")
    assert _read("viewport=100,64").thumbnail == 64


@pytest.mark.parametrize(
    "query",
    [
        "window=40",
        "window=40,0",
        "window=40,-1",
        "window=nan,1",
        "window=1,inf",
        "window=40,400,cubic",
        "window=1,2,linear,3",
        "viewport=0,1",
        "viewport=1000000000,1",
        "viewport=1,2,3,4,5,6",
        "viewport=١,٢",
        "quality=0",
        "quality=101",
        "quality=x",
    ],
)
def test_what_no_picture_can_be_is_refused(query: str) -> None:
    with pytest.raises(RequestError) as wrong:
        _read(query)

    assert wrong.value.where == query.partition("=")[0]
