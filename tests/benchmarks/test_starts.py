import pytest

from tests.benchmarks.starts import BOTO3, NOTHING, PROGRAMS, measure


@pytest.mark.slow
def test_every_start_can_be_measured() -> None:
    starts = {program: measure(program) for program in PROGRAMS}
    assert starts[NOTHING].own_modules == starts[BOTO3].own_modules == 0
    composed = {program: start for program, start in starts.items() if program.endswith("composed")}
    assert all(start.modules > starts[BOTO3].modules / 2 for start in composed.values())
    assert all(start.own_modules > 0 for program, start in starts.items() if "`backend" in PROGRAMS[program])
