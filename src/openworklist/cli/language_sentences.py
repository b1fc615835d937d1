"""English sentences that rooms below the pages make: of errors, findings, reasons and warnings.

They are found in the code, with `{1}`, `{2}` for what is filled in; ui.sentences knows them again by that.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from openworklist.domain import errors

# Calls that are given a sentence first, and mostly a hint.
_CALLS: Final = frozenset(name for name, kind in vars(errors).items() if isinstance(kind, type)) | {
    "Finding", "Notice", "Rejection", "Remark",
}  # fmt: skip
_LOGS: Final = frozenset({"debug", "info", "warning", "error", "exception"})
_ROOMS: Final = ("clients", "dicom", "domain", "hl7", "listeners", "services", "store", "ui", "web")
_APART: Final = (
    "services/backup",
    "services/doctor",
    "services/demo",
    "services/certificate_making.py",
)  # of commands alone
# Whatever these say is part of a sentence.
_SPEAKERS: Final = {
    "clients": "archive_words mllp_connection multipart tls",
    "domain": "applying archive change conditions control deletion documents filters fulfilment merged "
    "mismatch news node order shortcoming why",
    "hl7": "convert dates events explain lookup suggest treatment values",
    "listeners": "binding",
    "services": "arrivals asked_archive composition deletion doctor/loopback editing history mapping_preview "
    "performing reading remarks retention sending subject trial typed_values undo vanishing verdict why",
    "store": "failures",
    "web": "problems",
}
_WORDS: Final = re.compile(r"[A-Za-z0-9}”'\":,;] [A-Za-z0-9{“'\"]|[a-z}]\.$")
_LETTER: Final = re.compile(r"[a-z]")
_SEGMENT: Final = re.compile(r"[A-Z]{3}\|")
_PLACE: Final = re.compile(r"\{\d+\}")


def find_sentences(root: Path) -> Iterator[str]:
    """Those of the package at `root`, in the order of its files."""
    speakers = tuple(f"{room}/{name}.py" for room, names in _SPEAKERS.items() for name in names.split())
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if not path.relative_to(root).as_posix().startswith(speakers + _APART):
                yield from _find_in_calls(ast.parse(path.read_text("utf-8")))
    for name in speakers:
        for text in _find_all(ast.parse((root / name).read_text("utf-8"))):
            yield text
            if text.startswith("it asked for"):
                yield text.replace("it asked for", "it would ask for")  # as services.verdict says


def _find_in_calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in _CALLS:
            hints = [each.value for each in node.keywords if each.arg == "hint"]
            for argument in (*node.args, *hints):
                yield from _keep(_read(argument))


def _find_all(tree: ast.AST) -> Iterator[str]:
    apart = _find_apart(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in apart:
            yield from (text for text in _keep(_read(node)) if _WORDS.search(text))


def _find_apart(tree: ast.AST) -> set[int]:
    """What is no sentence of a page: docstrings, pieces of a text with places to fill, lines of the log."""
    apart = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            apart.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            apart.update(id(each) for each in node.values)
        elif isinstance(node, ast.Call) and _name(node) in _LOGS:
            apart.update(id(each) for each in ast.walk(node))
    return apart


def _read(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may be."""
    match node:
        case ast.Constant(value=str(text)):
            yield text.replace("{}", "{1}")  # it is given to str.format
        case ast.JoinedStr(values=pieces):
            yield "".join(_number(pieces))
        case ast.IfExp(body=one, orelse=other):
            yield from _read(one)
            yield from _read(other)


def _number(pieces: Iterable[ast.expr]) -> Iterator[str]:
    place = 0
    for piece in pieces:
        if isinstance(piece, ast.Constant):
            yield str(piece.value)
        else:
            place += 1
            yield f"{{{place}}}"


def _keep(texts: Iterable[str]) -> Iterator[str]:
    """Texts with words enough of their own to be known by: not `{1} is {2}`, and no segments of HL7."""
    for text in texts:
        letters = len(_LETTER.findall(_PLACE.sub("", text)))
        is_known = letters > 4 or (letters > 1 and not text.startswith("{"))
        if is_known and not _SEGMENT.match(text):
            yield text


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
