"""What operations may answer beside what they are for: problem details, each told in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from openworklist.web.problems import MEDIA_TYPE

TOLD: Final = {
    400: "The body, or a parameter of DICOM, cannot be read.",
    401: "Nobody is logged in, or the key is no key.",
    403: "The role does not cover this, or the request comes from another site.",
    404: "There is no such thing.",
    406: "No answer is of a kind that `Accept` names.",
    409: "It contradicts what there is.",
    412: "It was changed meanwhile: it has another version than `If-Match` names.",
    413: "The body is too large, or the answer would be.",
    415: "The body is of a kind that is not taken.",
    422: "A value cannot be used, or a parameter is not known.",
    428: "`If-Match` is missing.",
    429: "Too many are open at once.",
    500: "The server failed.",
    502: "Another system did not answer, or said no.",
    503: "The database takes nothing just now.",
}


class OneProblem(BaseModel):
    title: str
    code: str
    where: str


class Problem(BaseModel):
    """RFC 9457, with a code that does not change (docs/errors.md), and all that is wrong at once."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    where: str = ""
    detail: str = Field("", description="the way out")
    errors: list[OneProblem] = []


Responses = dict[int | str, dict[str, Any]]


def may(*statuses: int, **given: Any) -> Responses:
    """The problems of a route beside those that every one has."""
    found: Responses = {status: make_problem(status) for status in statuses}
    return found | {int(name[1:]): value for name, value in given.items()}


def make_problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": TOLD[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def gives(*kinds: str, status: int = 200, description: str = "What was asked for.") -> Responses:
    """The success of a route that answers in other media types than JSON, or in several."""
    content = {kind: {} if kind.endswith("json") else {"schema": {"type": "string"}} for kind in kinds}
    return {status: {"description": description, "content": content}}
