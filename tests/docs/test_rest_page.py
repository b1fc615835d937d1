"""docs/rest.md lists what the REST interface has: every endpoint with its role, and none else."""

import re
from pathlib import Path

from fastapi.routing import APIRoute, iter_route_contexts

from openworklist.api.routes import router
from openworklist.web.guarded import find_role

PAGE = (Path(__file__).parents[2] / "docs/rest.md").read_text("utf-8")


def test_every_endpoint_is_on_the_page_with_its_role_and_none_else() -> None:
    written = re.findall(r"^\| `([A-Z]+) (/[^`]*)` \| (\w+) \|", PAGE, re.MULTILINE)
    found = []
    for context in iter_route_contexts(router.routes):
        route = context.original_route
        assert isinstance(route, APIRoute)
        role = find_role(route)
        found += [
            (method, context.path_format, role.value if role else "nobody")
            for method in context.methods or ()
        ]

    assert sorted(written) == sorted(found)
    assert len(written) == len(set(written))
