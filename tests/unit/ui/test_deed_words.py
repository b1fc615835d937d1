import ast
import re
from pathlib import Path

import openworklist
from openworklist.ui.deed_words import DEEDS, find_words

ROOM = Path(openworklist.__file__).parent
PLACES = ("api/*.py", "ui/**/*.py", "services/users.py", "services/api_keys.py", "services/people.py")
ACTION = re.compile(f"({'|'.join(re.escape(kind) for kind in DEEDS if kind)})\\.[a-z][a-z-]*")


def find_deeds() -> set[str]:
    """What the program writes into the audit trail, as far as it stands in its text."""
    calls = [
        node
        for place in PLACES
        for file in ROOM.glob(place)
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]
    given = [
        each for call in calls for each in (*call.args, *(k.value for k in call.keywords if k.arg != "code"))
    ]
    texts = {each.value for node in given for each in ast.walk(node) if isinstance(each, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and ACTION.fullmatch(text)}


def test_every_deed_has_words() -> None:
    found = find_deeds()
    assert {"record.export", "user.role", "key.revoke", "audit.export"} <= found
    assert {action for action in found if find_words(action) == action} == set()


def test_the_words_of_a_kind_are_those_of_its_deeds() -> None:
    wrong = [
        action
        for kind, (_, deeds) in DEEDS.items()
        for action in deeds
        if action.partition(".")[0] != kind and kind
    ]
    assert wrong == []


def test_what_has_no_words_stands_as_it_is() -> None:
    assert find_words("record.") == "Records"
    assert find_words("record.turn-round") == "record.turn-round"
    assert find_words("nothing.") == "nothing."
