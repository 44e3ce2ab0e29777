import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.engine.exports import parquet
from tests.backend.fakes import FakeDatasetStore


@pytest.fixture
def spills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the place of spill directories; nothing is left in it, and no thread, whatever happened."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert not list(tmp_path.iterdir())
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(("query", "slices"))]


@pytest.fixture
def numbers() -> FakeDatasetStore:
    return FakeDatasetStore(
        {
            "numbers/b.parquet": parquet("SELECT range AS n FROM range(3, 5)"),
            "numbers/a.parquet": parquet("SELECT range AS n FROM range(3)"),
            "numbers/deep/c.parquet": parquet("SELECT 99 AS n WHERE false"),
        }
    )
