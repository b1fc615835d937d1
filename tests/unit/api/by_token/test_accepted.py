import pytest

from openworklist.api.by_token.accepted import Offer, choose, parse_accept, refuse

STORED = "1.2.840.10008.1.2.4.90"
PLAIN = "1.2.840.10008.1.2.1"
# An instance whose pixels are compressed: alone or as a part, as it is or decoded.
OFFERS = (
    Offer("application/dicom", True, STORED, is_usual=False),
    Offer("application/dicom", True, PLAIN),
    Offer("application/dicom", False, STORED, is_usual=False),
    Offer("application/dicom", False, PLAIN),
    Offer("application/zip", False),
)


def _choose(accept: str) -> Offer | None:
    return choose(parse_accept(accept), OFFERS)


@pytest.mark.parametrize(
    ("accept", "offer"),
    [
        ("", OFFERS[1]),
        ("*/*", OFFERS[1]),
        ("multipart/related", OFFERS[1]),
        ('multipart/related; type="application/dicom"', OFFERS[1]),
        ("multipart/related;type=application/dicom;transfer-syntax=*", OFFERS[0]),
        (f'Multipart/Related; Type="application/dicom"; transfer-syntax={STORED}', OFFERS[0]),
        (f'multipart/related; type="application/dicom"; transfer-syntax={PLAIN}', OFFERS[1]),
        ("application/dicom", OFFERS[3]),
        ("application/*", OFFERS[3]),
        ("application/dicom; transfer-syntax=*", OFFERS[2]),
        ("application/zip, application/dicom;q=0.5", OFFERS[4]),
        ("application/zip;q=0.2, application/dicom;q=0.5", OFFERS[3]),
        (f"application/dicom; transfer-syntax={STORED}; q=0.1, application/dicom; q=0.9", OFFERS[3]),
        ("nonsense, ,;,application/zip;q=nan", OFFERS[1]),
        ("text/html, application/xhtml+xml, */*;q=0.8", OFFERS[1]),
    ],
)
def test_what_is_liked_best_is_chosen(accept: str, offer: Offer) -> None:
    assert _choose(accept) == offer


@pytest.mark.parametrize(
    "accept",
    [
        "image/png",
        'multipart/related; type="image/jpeg"',
        "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50",
        "application/dicom;q=0",
        "*/*;q=0",
    ],
)
def test_what_nobody_accepts_is_not_given(accept: str) -> None:
    assert _choose(accept) is None


def test_a_refusal_says_what_there_is() -> None:
    told = refuse(OFFERS)

    assert told.code == "request.not-acceptable"
    assert f'multipart/related; type="application/dicom"; transfer-syntax={STORED}' in told.hint
    assert "application/zip" in told.hint


def test_a_comma_in_quotes_ends_nothing() -> None:
    first, second = parse_accept('multipart/related; type="a/b,c", image/png;q=0.5')

    assert (first.media, second.media, second.quality) == ("a/b,c", "image/png", 0.5)


def test_more_media_types_than_anybody_means_are_not_read() -> None:
    wishes = parse_accept(",".join(f"image/x{number}" for number in range(10_000)))

    assert len(wishes) == 64


def test_a_list_of_commas_and_half_a_quote_is_read_at_once() -> None:
    assert parse_accept("," * 8_191 + '"') == ()
    assert [each.media for each in parse_accept('image/png,,"a, b",image/jpeg;x="1,2"')] == [
        "image/png",
        "image/jpeg",
    ]
