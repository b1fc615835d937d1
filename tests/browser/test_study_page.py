"""The page of a study, for somebody who has its link and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pydicom import dcmread

from players.archive import find_sample, send
from players.slices import PATIENT, give_token, make_clip, make_series, take_token
from players.viewer import Viewer, open_viewer

STUDY = "1.2.826.0.1.3680043.8.498.5001"
HOSTILE = "1.2.826.0.1.3680043.8.498.5002"
WITHDRAWN = "1.2.826.0.1.3680043.8.498.5003"
SCRIPT = "<script>alert(1)</script>"
REPORT, VOICE = "reportsi.dcm", "waveform_ecg.dcm"


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    """With login: who has a link needs none."""
    return ()


@pytest.fixture(scope="module")
def tokens(server: Any) -> dict[str, str]:
    """Studies that were sent, and the token of each."""
    images = make_series(STUDY, range(1, 21))
    images += make_series(STUDY, range(101, 106), SeriesNumber=2, SeriesDescription="Thick")
    images.append(make_clip(STUDY, [(200, 0, 0), (0, 200, 0), (0, 0, 200)]))
    for number, name in enumerate((REPORT, VOICE)):
        paper = dcmread(find_sample(name))
        paper.StudyInstanceUID, paper.SeriesInstanceUID = STUDY, f"{STUDY}.8{number}"
        images.append(paper)
    hostile = {
        "PatientName": f"{SCRIPT}^\u202eevil^^Dr.=Αλφα^Βητα",
        "PatientID": '"><img src=x onerror=alert(1)>',
        "StudyDescription": f"{SCRIPT} \u202etxet",
        "SeriesDescription": f"\u202e{SCRIPT}{{{{ 7 * 7 }}}}" + "W" * 20,
        "SpecificCharacterSet": "ISO_IR 192",
    }
    images += make_series(HOSTILE, [1], **hostile)
    images += make_series(WITHDRAWN, range(1, 4))
    assert {each.Status for each in send(server.dicom, *images)} == {0}
    return {uid: give_token(server.data, uid) for uid in (STUDY, HOSTILE, WITHDRAWN)}


@pytest.fixture
def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


def test_a_stranger_sees_patient_series_and_image(
    base: str, open_page: Callable[..., Page], tokens: dict[str, str]
) -> None:
    viewer = open_viewer(open_page(base), tokens[STUDY])
    page = viewer.page

    assert page.title() == "Study – OpenWorklist"
    banner = page.get_by_role("banner")
    expect(banner.get_by_role("heading")).to_have_text("Doe, Dr. Jane")
    for fact in ("VIEW-1", "1 Jan 1970", "other", "14 Mar 2026 10:15", "Head and neck", "A1"):
        expect(banner).to_contain_text(fact)
    tiles = page.locator("a.tile")
    expect(tiles).to_have_count(5)
    expect(tiles.nth(0)).to_contain_text(re.compile(r"1\s+Thin.*CT · 20 images", re.S))
    expect(tiles.filter(has_text="3 frames")).to_have_count(1)
    expect(page.get_by_text("no medical device")).to_be_visible()
    viewer.expect_image(10, 20)
    viewer.wait_for(10)
    loaded = "image => image.complete && image.naturalWidth > 0"
    for tile in tiles.locator("img").all():
        tile.scroll_into_view_if_needed()
        page.wait_for_function(loaded, arg=tile.element_handle())


def test_the_address_goes_nowhere_and_nothing_comes_from_elsewhere(
    base: str, open_page: Callable[..., Page], tokens: dict[str, str]
) -> None:
    page = open_page(base)
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    answer = page.goto(f"/studies/by-token/{tokens[STUDY]}")
    assert answer
    Viewer(page).wait_for(10)

    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert not any("by-token" in referer for _, referer in asked)
    assert all(url.startswith((f"{base}/static/", f"{base}/studies/by-token/")) for url, _ in asked)
    assert page.locator("a[href^='/worklist'], a[href^='/login'], .rail").count() == 0


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        ("wide", "light"),
        ("wide", "dark"),
        ("middle", "dark"),
        ("small", "light"),
        ("small", "dark"),
        ("zoom", "light"),
    ],
)
def test_the_page_fits_and_has_no_barrier(
    base: str,
    open_page: Callable[..., Page],
    find_barriers: Callable[[Page], str],
    tokens: dict[str, str],
    size: str,
    theme: str,
) -> None:
    viewer = open_viewer(open_page(base, size=size, theme=theme), tokens[STUDY])
    page = viewer.page
    root = page.locator("html")

    assert root.evaluate(
        "root => [root.scrollWidth - root.clientWidth, root.scrollHeight - root.clientHeight]"
    ) == [0, 0]
    assert find_barriers(page) == ""
    paper = page.evaluate("getComputedStyle(document.querySelector('.banner')).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (theme == "light")
    assert viewer.pixel(0.02, 0.5) == (0, 0, 0) or viewer.pixel(0.5, 0.02) == (0, 0, 0)
    viewer.press("t")
    expect(page.locator(".view").nth(1)).to_be_visible()
    expect(Viewer(page, 1).part("image")).to_contain_text("/ 5")
    assert find_barriers(page) == ""
    viewer.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert find_barriers(page) == ""


def test_whatever_was_sent_is_text_and_keeps_to_its_place(
    base: str, open_page: Callable[..., Page], tokens: dict[str, str]
) -> None:
    for size in ("wide", "small"):
        viewer = open_viewer(open_page(base, size=size), tokens[HOSTILE])
        page = viewer.page

        expect(page.locator("h1")).to_contain_text(SCRIPT)
        expect(page.locator("h1 .sign")).to_have_text("U+202E")
        expect(page.locator("h1")).to_contain_text("Αλφα, Βητα")
        expect(page.locator(".tile .label")).to_contain_text("{{ 7 * 7 }}")
        expect(viewer.part("series")).to_contain_text(SCRIPT)
        expect(viewer.part("series").locator(".sign")).to_have_text("U+202E")
        assert page.locator("script:not([src]), img[src=x]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert PATIENT["PatientName"].partition("^")[0] not in page.title()


def test_what_is_no_image_is_named_and_can_be_downloaded(
    base: str, open_page: Callable[..., Page], tokens: dict[str, str]
) -> None:
    viewer = open_viewer(open_page(base), tokens[STUDY])
    page = viewer.page

    for word in ("Structured report", "Waveform"):
        page.locator("a.tile", has_text=word).click()
        card = viewer.part("paper")
        expect(card.get_by_role("heading")).to_have_text(word)
        address = card.get_by_role("link", name="Download").get_attribute("href")
        assert address
        body = page.request.get(base + address).body()
        assert body[128:132] == b"DICM"
    expect(page.locator("[name=preset]")).to_be_disabled()
    zipped = page.request.get(
        base + (page.get_by_role("link", name="Download all").get_attribute("href") or "")
    )
    assert zipped.body()[:2] == b"PK"


def test_the_page_speaks_the_language_of_the_browser(
    base: str, open_page: Callable[..., Page], tokens: dict[str, str], find_barriers: Callable[[Page], str]
) -> None:
    viewer = open_viewer(open_page(base, locale="de-DE", size="small"), tokens[STUDY])
    page = viewer.page

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_text("kein Medizinprodukt")).to_be_visible()
    expect(page.locator("[name=preset] option").nth(1)).to_have_text("Weichteile")
    expect(viewer.part("window")).to_contain_text("F 256")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert find_barriers(page) == ""


def test_without_scripts_one_image_of_each_series_is_shown(
    base: str, open_page: Callable[..., Page], tokens: dict[str, str]
) -> None:
    page = open_page(base, javascript=False)
    page.goto(f"/studies/by-token/{tokens[STUDY]}")

    pictures = page.locator(".plain-stack img")
    expect(pictures).to_have_count(3)
    expect(pictures.first).to_be_visible()
    expect(page.locator("#tools")).to_be_hidden()
    assert page.request.get(base + (pictures.first.get_attribute("src") or "")).ok
    expect(page.locator(".plain-stack .files a").first).to_be_visible()


@pytest.mark.parametrize("token", ["x", "A" * 64])
def test_a_link_that_opens_nothing_says_so_without_a_login(
    base: str, open_page: Callable[..., Page], find_barriers: Callable[[Page], str], token: str
) -> None:
    page = open_page(base, size="small", theme="dark")
    page.watch.expected.append("404")  # type: ignore[attr-defined]
    answer = page.goto(f"/studies/by-token/{token}")

    assert answer
    assert answer.status == 404
    assert answer.headers["referrer-policy"] == "no-referrer"
    expect(page.get_by_role("heading")).to_have_text("The study cannot be shown")
    expect(page.get_by_text("ask for a new one")).to_be_visible()
    assert "/login" not in page.url
    assert page.locator("a").count() == 0
    assert find_barriers(page) == ""


def test_a_link_that_is_withdrawn_shows_nothing_more(
    server: Any, base: str, open_page: Callable[..., Page], tokens: dict[str, str]
) -> None:
    page = open_page(base)
    page.watch.expected.append("404")  # type: ignore[attr-defined]
    viewer = open_viewer(page, tokens[WITHDRAWN])
    viewer.wait_for(2)
    take_token(server.data, WITHDRAWN)

    page.locator("a.tile").click()  # it is read anew
    page.reload()

    expect(page.get_by_role("heading")).to_have_text("The study cannot be shown")
    expect(page.locator("canvas")).to_have_count(0)
