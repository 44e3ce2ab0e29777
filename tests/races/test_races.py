from pathlib import Path

import pytest

from backend.protocol.formats import FORMATS
from infra.local.datasets import local_datasets
from tests.races.interleaving import Race, races

pytestmark = pytest.mark.slow

MOST_THREADS = 4


@pytest.fixture(scope="module")
def every_race(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Race]:
    return races(local_datasets.samples(cache / "reportwire"), tmp_path_factory.mktemp("races"))


@pytest.mark.parametrize("format_", FORMATS)
def test_every_report_is_the_same_however_its_reads_interleave(format_: str, every_race: list[Race]) -> None:
    for race in every_race:
        if race.format == format_:
            race.run(MOST_THREADS)
