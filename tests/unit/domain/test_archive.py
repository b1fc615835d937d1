"""Where an archive is: addresses that can be one, and its name."""

import pytest

from openworklist.domain.archive import Credentials, check_archive_url, make_archive
from openworklist.domain.destination import Tls


@pytest.mark.parametrize(
    "url",
    ["", "http://127.0.0.1:8042/dicom-web", "https://archive.example.org/a/b/", "https://[::1]:8443/x"],
)
def test_an_address_of_an_archive(url: str) -> None:
    assert check_archive_url(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "archive.example.org",
        "ftp://archive.example.org/",
        "https://",
        "https://archive:99999/",
        "https://archive:0/",
        "https://user:word@archive/",
        "https://user@archive/",
        "https://archive/x?y=z",
        "https://archive/x#y",
        "https://archive/x y",
        "https://ärchive/",
        "https://archive/" + "x" * 500,
    ],
)
def test_what_is_none(url: str) -> None:
    assert check_archive_url(url)


def test_an_archive_is_called_as_its_host_unless_it_has_a_name() -> None:
    assert make_archive("", "x", Credentials()) is None
    found = make_archive("https://archive.example.org/dicom-web/", "", Credentials(ca="ca.pem"))
    assert found is not None
    assert (found.url, found.name) == ("https://archive.example.org/dicom-web", "archive.example.org")
    assert found.destination.name == "archive.example.org:443"
    assert found.destination.tls == Tls("ca.pem")
    plain = make_archive("http://archive:8042/x", "PACS", Credentials(ca="ca.pem"))
    assert plain is not None
    assert (plain.name, plain.destination.port, plain.destination.tls) == ("PACS", 8042, None)
