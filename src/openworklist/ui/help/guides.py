"""Which page of the help tells of which page of the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.ui.help.page import to_address

# Each counts for what is below it too, unless that has a row of its own.
GUIDES: Final[Mapping[str, str]] = {
    "/account": "users#passwords",
    "/api/docs": "rest",
    "/audit": "users#the-audit-trail",
    "/begin": "connect-a-ris",
    "/compare": "compare",
    "/compose": "outbound",
    "/dashboard": "operate",
    "/import": "watched-folder#importing",
    "/mapping": "mapping",
    "/messages": "journal",
    "/messages/outbound": "outbound#the-queue",
    "/messages/polls": "why",
    "/messages/reprocess": "journal#process-again",
    "/nodes": "connect-a-scanner",
    "/nodes/rules": "filters-and-stations",
    "/nodes/systems": "connect-a-ris",
    "/nodes/told": "mpps#telling-others",
    "/nodes/worklists": "query-other-worklists",
    "/query": "query-other-worklists",
    "/records": "pages#the-worklist",
    "/records/deleted": "operate#delete-and-restore",
    "/settings": "options",
    "/studies": "links",
    "/users": "users",
    "/users/keys": "users#keys-for-programs",
    "/why": "why",
    "/worklist": "pages#the-worklist",
}


def find_guide(path: str) -> str:
    """The address of the help on a page; "" for one that needs none, like the help itself."""
    while path and path not in GUIDES:
        path = path.rpartition("/")[0]
    return to_address(GUIDES[path]) if path else ""
