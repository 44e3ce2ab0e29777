import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep hundreds of thousands of expected log lines from being formatted."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
