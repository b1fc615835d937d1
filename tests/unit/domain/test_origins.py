import pytest

from openworklist.domain.errors import SettingsError
from openworklist.domain.origins import may_read, parse_origins

VIEWER = "https://viewer.example:8443"


@pytest.mark.parametrize(
    ("allowed", "origin", "said"),
    [
        ("*", VIEWER, "*"),
        ("*", "", "*"),
        (f"https://other.example {VIEWER}/", VIEWER, VIEWER),
        (VIEWER.upper(), VIEWER, VIEWER),
        (VIEWER, "https://viewer.example", ""),
        (VIEWER, "null", ""),
        ("", VIEWER, ""),
    ],
)
def test_an_origin_is_told_what_it_may(allowed: str, origin: str, said: str) -> None:
    assert may_read(allowed, origin) == said


@pytest.mark.parametrize(
    "text", ["viewer.example", "https://viewer.example/path", "ftp://x", "https://*.example"]
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_origins(text)
