from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import site
from tests.faults.rest.signing import Analyst
from tests.faults.site import Site

SETTINGS = {"serverSentEvents": "true", "synchronousReports": "true"}


@pytest.fixture(scope="session")
def rest_site(cache: Path) -> Iterator[Site]:
    with site.running(cache / "reportwire", settings=SETTINGS) as running:
        yield running


@pytest.fixture
def behind(rest_site: Site) -> Site:
    """The service with a REST API, behind a gateway that behaves so far."""
    rest_site.gateway.reset()
    return rest_site


@pytest.fixture
def analyst(behind: Site) -> Iterator[Analyst]:
    with Analyst(behind.analyst()) as analyst:
        yield analyst
