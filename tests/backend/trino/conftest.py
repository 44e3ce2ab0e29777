"""A Trino where one was asked for: `pytest -m trino`."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests that need a Trino out of every run that does not name it."""
    if "trino" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("trino")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("trino")]
