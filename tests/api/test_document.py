"""The OpenAPI document says what the application does."""

from typing import Any

import pytest

from players.site import Site


def _operations(site: Site) -> dict[str, Any]:
    document = site.client().get("/api/openapi.json").json()
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_needs_no_login_and_is_openapi_3_1(site: Site) -> None:
    document = site.client().get("/api/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "OpenWorklist"


def test_every_operation_has_a_name_of_its_own_a_text_a_tag_and_a_role(site: Site) -> None:
    operations = _operations(site)

    names = [operation["operationId"] for operation in operations.values()]
    assert len(names) == len(set(names))
    for operation in operations.values():
        assert operation["description"]
        assert operation["tags"]
        assert operation["x-role"] in ("viewer", "operator", "administrator")


@pytest.mark.parametrize("status", ["401", "406", "422"])
def test_every_operation_tells_the_problems_that_all_may_have(site: Site, status: str) -> None:
    for operation in _operations(site).values():
        if status == "422" and "dicomweb" in operation["tags"]:
            assert (status in operation["responses"], "400" in operation["responses"]) == (False, True)
            continue
        assert list(operation["responses"][status]["content"]) == ["application/problem+json"]
