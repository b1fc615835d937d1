import pytest

from openworklist.web.guarded import choose_media

GIVEN = ("application/json", "application/hl7-v2")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/hl7-v2", "application/hl7-v2"),
        ("application/json;q=0.5, application/hl7-v2", "application/hl7-v2"),
        ("application/hl7-v2;q=0.1, */*;q=0.9", "application/json"),
        ("text/html", ""),
        ("application/json;q=0", ""),
        ("application/json;q=much", ""),
    ],
)
def test_the_kind_that_is_liked_best_is_chosen(accept: str, chosen: str) -> None:
    assert choose_media(accept, GIVEN) == chosen
