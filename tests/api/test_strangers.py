"""Who has nothing but a link learns nothing of what is wrong within."""

from pathlib import Path

import pytest

from openworklist.services.token_key import FILE
from players.dicomweb import respond, run_raw
from players.site import Site
from players.study_site import make_token

ENDINGS = ("", "/archive.zip", "/dicomweb/studies")
STUDY = "1.2.826.0.1.3680043.8.498.91"
SENTENCE = "The study cannot be shown at the moment."


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_archive_that_fails_is_not_named(
    site: Site, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = make_token(site, STUDY)
    administrator = site.client("administrator")
    with run_raw(lambda _: respond(b"", 401)) as raw:
        administrator.put("/api/v1/options/archive_name", json={"value": "the-old-pacs"})
        administrator.put("/api/v1/options/archive_url", json={"value": raw.url})
        answer = site.client().get(f"/studies/by-token/{token}{ending}")
        administrator.put("/api/v1/options/archive_url", json={"value": ""})
    assert answer.status_code == 503
    assert SENTENCE in answer.text
    assert not [each for each in ("the-old-pacs", "127.0.0.1", "archive.refused") if each in answer.text]
    (line,) = (each for each in caplog.records if each.message == "a study could not be shown by its link")
    assert line.__dict__["reason"] == "archive.refused"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_key_that_is_missing_is_not_named(site: Site, ending: str, tmp_path: Path) -> None:
    desk = site.application.state.desk
    make_token(site, STUDY)
    keys = desk.study_tokens._keys
    place = keys._path
    file = place.rename(tmp_path / FILE)
    known, keys._known = keys._known, {}
    try:
        answer = site.client().get(f"/studies/by-token/{'a' * 64}{ending}")
    finally:
        file.rename(place)
        keys._known = known
    assert answer.status_code == 503
    assert SENTENCE in answer.text
    assert "key" not in answer.text.replace("keyboard", "").lower()
