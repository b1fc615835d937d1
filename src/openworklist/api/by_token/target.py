"""What the address of a request names: the study of the token, a series of it, or an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from openworklist.domain.errors import NotFound
from openworklist.domain.study import Study, StudyInstance
from openworklist.services.pictures import Pictures
from openworklist.services.studies import StudySource
from openworklist.services.study_contents import know_syntax
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.study_links import find_web_address
from openworklist.web.token_holders import Holder

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host")


@dataclass(frozen=True, slots=True)
class Target:
    """`instances` are all that the address names, at least one. `base` is the address of the service.

    An instance that is named has its transfer syntax; of others an archive may not tell it.
    """

    study: Study
    source: StudySource
    instances: tuple[StudyInstance, ...]
    base: str
    pictures: Pictures

    @property
    def instance(self) -> StudyInstance:
        return self.instances[0]

    @property
    def study_address(self) -> str:
        return f"{self.base}/studies/{self.study.uid}"

    def address_of(self, instance: StudyInstance) -> str:
        return f"{self.study_address}/series/{instance.series_uid}/instances/{instance.uid}"


def find_target(request: Request, desk: TheDesk, holder: Holder) -> Target:
    """NotFound for what the study of the token has not, whoever else may have it."""
    named = request.path_params
    found = _choose(desk.contents.list_instances(holder.source, holder.study), named)
    if named.get("study", holder.study.uid) != holder.study.uid or not found:
        raise NotFound(
            "The study of this link has no such series or instance.",
            hint="search it: /dicomweb/instances lists all that there are",
            code="instance.not-found",
        )
    if "instance" in named:
        found = (know_syntax(holder.source, found[0]),)
    return Target(holder.study, holder.source, found, find_base(request, desk, holder), desk.pictures)


def find_base(request: Request, desk: Desk, holder: Holder) -> str:
    """Where the service of a token begins, as the site says, or as whoever asks calls this server."""
    address = find_web_address(request, desk)
    # There are clients that leave the port out of Host; behind a proxy it is not ours that they need.
    is_short = request.url.port is None and not any(name in request.headers for name in _FORWARDED)
    if is_short and not desk.configuration.options.web_address and request.scope["server"][1]:
        address = address._replace(port=request.scope["server"][1])
    return f"{address.root}{holder.path}/dicomweb"


def _choose(instances: Mapping[str, StudyInstance], named: Mapping[str, Any]) -> tuple[StudyInstance, ...]:
    series = named.get("series")
    if "instance" not in named:
        return tuple(each for each in instances.values() if series in (None, each.series_uid))
    found = instances.get(named["instance"])
    return (found,) if found is not None and series in (None, found.series_uid) else ()


TheTarget = Annotated[Target, Depends(find_target)]
"""A parameter of a route whose path has {study}, and maybe {series} and {instance}."""
