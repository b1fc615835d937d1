"""Links to a study, as viewers and the manual have them."""

from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.domain.study_links import (
    Viewers,
    WebAddress,
    check_template,
    check_viewer_address,
    make_links,
    parse_web_address,
)

TOKEN = "rXplcx6FHk9KlrZs18j1p77rGy881TAOmsjAyLwSW3gRauyKNGwrVvhagXaK69Gs"


def links(address: WebAddress, viewers: Viewers = Viewers()) -> dict[str, str]:  # noqa: B008
    return {link.kind: link.url for link in make_links(address, "1.2.3", TOKEN, viewers)}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (WebAddress("127.0.0.1", 3000, False), f"sante://download?url=127.0.0.1:3000&ssl=no&token={TOKEN}"),
        (
            WebAddress("192.168.1.2", 3000, False),
            f"sante://download?url=192.168.1.2:3000&ssl=no&token={TOKEN}",
        ),
        (
            WebAddress("mycompany.com", 3000, True),
            f"sante://download?url=mycompany.com:3000&ssl=yes&token={TOKEN}",
        ),
        (WebAddress("[::1]", 443, True), f"sante://download?url=[::1]:443&ssl=yes&token={TOKEN}"),
    ],
)
def test_the_links_of_the_manual(address: WebAddress, expected: str) -> None:
    assert links(address)["sante"] == expected


def test_our_page_comes_first_and_leaves_out_the_usual_port() -> None:
    made = make_links(WebAddress("a.example", 443, True), "1.2.3", TOKEN)
    assert [each.kind for each in made] == ["page", "zip", "dicomweb", "sante"]
    assert made[0].url == f"https://a.example/studies/by-token/{TOKEN}"
    assert links(WebAddress("a.example", 80, False))["page"].startswith("http://a.example/studies/")
    assert links(WebAddress("a.example", 443, False))["page"].startswith("http://a.example:443/")


def test_viewers_are_told_where_the_study_is() -> None:
    viewers = Viewers(
        "https://ohif.example/", True, "Mine = https://v.example/{study}?at={dicomweb}&t={token}"
    )
    found = links(WebAddress("a.example", 3000, True), viewers)
    root = f"https://a.example:3000/studies/by-token/{TOKEN}"
    ohif = urlsplit(found["ohif"])
    assert (ohif.netloc, ohif.path) == ("ohif.example", "/viewer/dicomwebproxy")
    assert parse_qs(ohif.query) == {"StudyInstanceUIDs": ["1.2.3"], "url": [f"{root}/dicomweb/ohif.json"]}
    command = unquote_plus(found["weasis"].removeprefix("weasis://"))
    assert command == f'$dicom:rs --url "{root}/dicomweb" -r "studyUID=1.2.3"'
    other = urlsplit(found["other"])
    assert other.path == "/1.2.3"
    assert parse_qs(other.query) == {"at": [f"{root}/dicomweb"], "t": [TOKEN]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example", WebAddress("a.example", 443, True)),
        (" http://a.example:3000/ ", WebAddress("a.example", 3000, False)),
        ("http://[::1]:3000", WebAddress("[::1]", 3000, False)),
    ],
)
def test_an_address_is_read(text: str, expected: WebAddress) -> None:
    assert parse_web_address(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "a.example", "ftp://a", "https://", "https://a/b", "https://a?b", "https://a:x", "https://a:0",
     "https://u:p@a", "https://a b", 'https://a"b', "https://[::1", "https://a:99999"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="no address"):
        parse_web_address(text)


@pytest.mark.parametrize(
    "text", ["https://v.example/{page}", "=https://v/", "Mine=javascript:alert({token})", "Mine=v/{page}"]
)
def test_a_template_has_a_name_and_an_address(text: str) -> None:
    with pytest.raises(SettingsError, match="a name and an address"):
        check_template(text)


def test_a_place_that_there_is_not_is_named() -> None:
    with pytest.raises(SettingsError, match="no place 'patient'"):
        check_template("Mine=https://v/?id={patient}")


@pytest.mark.parametrize("text", ["ohif.example", "javascript:alert(1)", "https://a?b=c", "https://"])
def test_a_viewer_has_an_http_address(text: str) -> None:
    with pytest.raises(SettingsError):
        check_viewer_address(text)
    check_viewer_address("https://ohif.example/pacs")
