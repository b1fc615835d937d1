"""Keys that another thread changes while one is looked up."""

from pathlib import Path
from typing import Any

from openworklist.services.token_keys import TokenKeys


class _Swapped(dict[str, Any]):
    """Keys in whose place others stand as soon as somebody has looked for one."""

    keys_of: TokenKeys

    def __contains__(self, name: object) -> bool:
        self.keys_of._known = {}
        return super().__contains__(name)


def test_a_key_that_was_found_is_given_though_others_take_its_place(tmp_path: Path) -> None:
    keys = TokenKeys(tmp_path)
    key = keys.find_first()
    known = _Swapped({key.name: key})
    known.keys_of = keys
    keys._known = known
    assert keys.get(key.name) is key
