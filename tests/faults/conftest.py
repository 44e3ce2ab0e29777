from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import site
from tests.faults.site import Site


@pytest.fixture(scope="session")
def shared_site(cache: Path) -> Iterator[Site]:
    with site.running(cache / "reportwire") as running:
        yield running


@pytest.fixture
def behind(shared_site: Site) -> Site:
    """The service behind a gateway that behaves so far."""
    shared_site.gateway.reset()
    return shared_site
