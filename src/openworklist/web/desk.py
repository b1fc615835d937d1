"""What the pages and the REST interface work with, handed to them by app when the server starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Annotated

from fastapi import Depends, Request

from openworklist.observe.metrics import Metrics
from openworklist.services.archives import ArchiveStudies
from openworklist.services.asking import Asker
from openworklist.services.audit import Audit
from openworklist.services.browse import Browse
from openworklist.services.comparison import Pair
from openworklist.services.configuration import Configuration
from openworklist.services.configurations import Configurations
from openworklist.services.events import Events
from openworklist.services.files import Files
from openworklist.services.history import History
from openworklist.services.importing import Importer
from openworklist.services.inquiries import Inquiries
from openworklist.services.intake import Intake
from openworklist.services.people import People
from openworklist.services.pictures import Pictures
from openworklist.services.ports import ListenerBoard
from openworklist.services.reading import Reader
from openworklist.services.records import Records
from openworklist.services.searches import Searches
from openworklist.services.shelf import Shelf
from openworklist.services.studies import Studies
from openworklist.services.study_contents import StudyContents
from openworklist.services.study_tokens import StudyTokens
from openworklist.services.token_gate import TokenGate
from openworklist.store.database import Database
from openworklist.web.slowed_guesses import SlowedGuesses


@dataclass(frozen=True, slots=True)
class Desk:
    """The services of one server. `settings` are what it was started with: name, value, where it came from.

    `wake` has the outbound queue look at once; with `is_open` every visitor is an administrator (--no-login).
    With `is_secure` the web port speaks TLS alone; `hsts_days` is how long browsers are to remember https.
    `comparisons` are what people chose to compare, `study_texts` what they searched studies by.
    """

    database: Database
    configurations: Configurations
    records: Records
    history: History
    browse: Browse
    searches: Searches
    people: People
    audit: Audit
    events: Events
    intake: Intake
    reader: Reader
    files: Files
    importer: Importer
    asker: Asker
    inquiries: Inquiries
    pictures: Pictures
    studies: Studies
    archive: ArchiveStudies
    study_tokens: StudyTokens
    token_gate: TokenGate
    listeners: ListenerBoard
    metrics: Metrics
    zone: tzinfo
    ae_title: str
    settings: Callable[[], list[tuple[str, str, str]]]
    problems: Callable[[], dict[str, str]]
    wake: Callable[[], None]
    is_open: bool = False
    is_secure: bool = False
    hsts_days: int = 0
    slowed_guesses: SlowedGuesses = field(default_factory=SlowedGuesses)
    contents: StudyContents = field(default_factory=StudyContents)
    comparisons: Shelf[Pair] = field(default_factory=lambda: Shelf("comparison"))
    study_texts: Shelf[str] = field(default_factory=lambda: Shelf("search"))

    @property
    def configuration(self) -> Configuration:
        return self.configurations.current()


def get_peer(request: Request) -> str:
    """The address that a request came from."""
    return request.client.host if request.client else ""


def get_desk(request: Request) -> Desk:
    """The desk of the server that got this request; what is done there is noted with where it came from."""
    desk: Desk = request.app.state.desk
    return replace(desk, audit=desk.audit.at(get_peer(request)))


TheDesk = Annotated[Desk, Depends(get_desk)]
