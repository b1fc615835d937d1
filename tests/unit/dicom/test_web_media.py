import pytest

from openworklist.dicom.transfer_syntaxes import TRANSFER_SYNTAXES
from openworklist.dicom.web_media import can_decode, find_media, find_usual

PLAIN = "1.2.840.10008.1.2.1"


@pytest.mark.parametrize(
    ("syntax", "media", "usual"),
    [
        ("1.2.840.10008.1.2", "application/octet-stream", PLAIN),
        ("1.2.840.10008.1.2.2", "application/octet-stream", PLAIN),
        ("1.2.840.10008.1.2.5", "image/dicom-rle", PLAIN),
        ("1.2.840.10008.1.2.4.70", "image/jpeg", PLAIN),
        ("1.2.840.10008.1.2.4.50", "image/jpeg", "1.2.840.10008.1.2.4.50"),
        ("1.2.840.10008.1.2.4.91", "image/jp2", "1.2.840.10008.1.2.4.91"),
        ("1.2.840.10008.1.2.4.102", "video/mp4", "1.2.840.10008.1.2.4.102"),
        ("1.2.3", "application/octet-stream", "1.2.3"),
    ],
)
def test_what_was_compressed_with_loss_is_not_blown_up(syntax: str, media: str, usual: str) -> None:
    assert (find_media(syntax), find_usual(syntax)) == (media, usual)


def test_what_is_told_of_comes_in_a_syntax_that_is_stored() -> None:
    assert {find_usual(each) for each in TRANSFER_SYNTAXES} <= TRANSFER_SYNTAXES.keys()
    assert sum(map(can_decode, TRANSFER_SYNTAXES)) > 15
