"""Links to a study as whoever asks can use them."""

from __future__ import annotations

from fastapi import Request

from openworklist.domain.study_links import (
    StudyLink,
    Viewers,
    WebAddress,
    make_links,
    parse_web_address,
)
from openworklist.web.desk import Desk


def find_web_address(request: Request, desk: Desk) -> WebAddress:
    """Where people reach the web port: as the site says, else as this request has reached it."""
    if said := desk.configuration.options.web_address:
        return parse_web_address(said)
    url = request.base_url
    host = url.hostname or ""
    is_secure = url.scheme == "https"
    return WebAddress(f"[{host}]" if ":" in host else host, url.port or (443 if is_secure else 80), is_secure)


def find_links(request: Request, desk: Desk, study_uid: str, token: str) -> tuple[StudyLink, ...]:
    """All links of a study for the viewers of the site."""
    options = desk.configuration.options
    viewers = Viewers(options.viewer_ohif, options.viewer_weasis, options.viewer_other)
    return make_links(find_web_address(request, desk), study_uid, token, viewers)
