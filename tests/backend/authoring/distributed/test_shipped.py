"""The compiled texts that are shipped: every change of a report, or of the compiler, shows in their files."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from backend.authoring.directories import Directories
from backend.authoring.distributed.checking import compiled_file
from backend.catalog.compiled import FOLDER, place_of, written
from infra.local.datasets import local_datasets
from tests.backend.reports.conftest import REPORTS

FILES = sorted(REPORTS.glob("*.sql"))


@pytest.fixture(scope="module")
def samples(cache: Path) -> Mapping[str, Path]:
    return local_datasets.samples(cache / "reportwire")


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_text_beside_a_report_is_what_it_is_compiled_to(file: Path, samples: Mapping[str, Path]) -> None:
    remedy = "reportwire check --engine trino --write backend/reports/*.sql"
    assert place_of(file).read_bytes() == written(compiled_file(file, Directories(samples))), remedy


def test_no_text_is_of_a_report_that_is_gone() -> None:
    assert {file.stem for file in (REPORTS / FOLDER).iterdir()} <= {file.stem for file in FILES}
