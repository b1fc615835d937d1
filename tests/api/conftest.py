"""One server for the tests of a module, and clients of every role."""

from collections.abc import Iterator

import pytest

from players.site import Site, TestClient, run_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with run_site(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def operator(site: Site) -> TestClient:
    return site.client("operator")


@pytest.fixture
def viewer(site: Site) -> TestClient:
    return site.client("viewer")


@pytest.fixture
def administrator(site: Site) -> TestClient:
    return site.client("administrator")
