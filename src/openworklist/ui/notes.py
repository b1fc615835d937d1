"""What the status line of a page says after a change: a header that its script reads."""

from __future__ import annotations

import json


def tell(text: str) -> dict[str, str]:
    """The headers of an answer that has a page say this; letters that headers cannot hold are escaped."""
    return {"HX-Trigger": json.dumps({"ow:tell": text}), "HX-Reswap": "none"}
