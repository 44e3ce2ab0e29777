"""What all tests share: Qt without a screen, and one local backend."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import backend
from infra.local.backend import LocalBackend

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def local(cache: Path) -> Iterator[LocalBackend]:
    with backend.running(cache_dir=cache / "reportwire") as running:
        yield running
