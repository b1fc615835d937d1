"""The REST interface as its page shows it: operations by tag, each with what it takes, gives and who may."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Json = Mapping[str, Any]
_DEEPEST: Final = 4  # of an example
_BODY: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`place` is path, query or header; `about` says what it may be."""

    name: str
    place: str
    is_required: bool
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    about: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    method: str
    path: str
    about: str
    role: str
    parameters: tuple[Parameter, ...]
    takes: tuple[str, ...]  # media types of the body
    answers: tuple[Answer, ...]
    example: str  # for curl


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of a tag."""

    name: str
    about: str
    operations: tuple[Operation, ...]


def read_groups(document: Json, origin: str) -> tuple[Group, ...]:
    """The operations of an OpenAPI document in the order of its tags; `origin` is where examples ask."""
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append(_read(document, origin, path, method.upper(), operation))
    about = {tag["name"]: tag["description"] for tag in document["tags"]}
    return tuple(Group(name, about[name], tuple(each)) for name, each in found.items() if each)


def _read(document: Json, origin: str, path: str, method: str, operation: Json) -> Operation:
    body = operation.get("requestBody", {}).get("content", {})
    parameters = tuple(_read_parameter(document, each) for each in operation.get("parameters", ()))
    return Operation(
        operation["operationId"],
        method,
        path,
        operation["description"],
        operation["x-role"],
        parameters,
        tuple(body),
        tuple(
            Answer(status, answer["description"], tuple(answer.get("content", ())))
            for status, answer in sorted(operation["responses"].items())
        ),
        _make_example(document, origin, path, method, parameters, body),
    )


def _read_parameter(document: Json, found: Json) -> Parameter:
    schema = found.get("schema", {})
    about = found.get("description", "") or schema.get("description", "")
    return Parameter(
        found["name"], found["in"], bool(found.get("required")), _tell_kind(document, schema), about
    )


def _tell_kind(document: Json, schema: Json) -> str:
    schema = _resolve(document, schema)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if "anyOf" in schema:
        return ", or ".join(dict.fromkeys(_tell_kind(document, each) for each in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"{_tell_kind(document, schema.get('items', {}))}, may be repeated"
    return str(schema.get("format") or schema.get("type", "any"))


def _resolve(document: Json, schema: Json) -> Json:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = document["components"]["schemas"][name] if name else schema
    return found


def _make_example(
    document: Json, origin: str, path: str, method: str, parameters: tuple[Parameter, ...], body: Json
) -> str:
    address = path
    for each in parameters:
        if each.place == "path":
            address = address.replace(
                f"{{{each.name}}}", "1" if each.kind == "integer" else each.name.upper()
            )
    asked = "&".join(f"{each.name}=…" for each in parameters if each.place == "query" and each.is_required)
    lines = [f"curl -H 'Authorization: Bearer ow_…' '{origin}{address}{'?' if asked else ''}{asked}'"]
    if method != "GET":
        lines.append(f"-X {method}")
    lines += [
        f"-H '{each.name}: …'" for each in parameters if each.place == "header" and each.name == "If-Match"
    ]
    if _BODY in body:
        made = _make_value(document, body[_BODY].get("schema", {}), _DEEPEST)
        lines += [f"-H 'Content-Type: {_BODY}'", f"-d '{json.dumps(made, ensure_ascii=False)}'"]
    elif body:
        lines += [f"-H 'Content-Type: {next(iter(body))}'", "--data-binary @order.hl7"]
    return " \\\n  ".join(lines)


def _make_value(document: Json, schema: Json, depth: int) -> Any:
    """A value that shows the form; fields that may be left out are, where there are many."""
    schema = _resolve(document, schema)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _make_value(document, schema["anyOf"][0], depth)
    if schema.get("default") not in (None, "", [], {}):
        return schema["default"]
    match schema.get("type"):
        case "object":
            return dict(_make_fields(document, schema, depth)) if depth else {}
        case "array":
            return [_make_value(document, schema.get("items", {}), depth - 1)] if depth else []
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
    return "…"


def _make_fields(document: Json, schema: Json, depth: int) -> Iterator[tuple[str, Any]]:
    properties = schema.get("properties", {})
    wanted = schema.get("required") or list(properties)[:2]
    for name in wanted:
        yield name, _make_value(document, properties[name], depth - 1)
