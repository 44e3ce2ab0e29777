"""What all tests share: Qt without a screen, and one local backend."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from infra.local import backend
from infra.local.backend import LocalBackend
from tests.qt_loops import Drive, driving

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each of many child processes would compile all it imports anew


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a Trino unless that is asked for, and begin with the files that take long.

    At the end of a run the processes then wait for each other least.
    """
    if "trino" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("trino")])
        items[:] = [item for item in items if not item.get_closest_marker("trino")]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what programs remember out of the home of whoever runs the tests."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def local(cache: Path) -> Iterator[LocalBackend]:
    with backend.running(cache_dir=cache / "reportwire") as running:
        yield running


@pytest.fixture(autouse=True)
def _delete_windows() -> Iterator[None]:
    """Carry out `deleteLater`, which waits for a loop that tests do not run; else old windows would be styled anew."""
    yield
    if QCoreApplication.instance():
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def drive(qapp: QApplication) -> Iterator[Drive]:
    with driving(qapp) as drive:
        yield drive
