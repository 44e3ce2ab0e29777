import pytest

from tests.backend.reports.comparison import Report
from tests.backend.reports.conftest import REPORTS

NAMES = sorted(file.stem for file in REPORTS.glob("*.sql"))
FEWER = {"flights": {"carrier": "B6"}}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_report_says_the_same_however_many_threads_work_on_it(report: Report, name: str) -> None:
    assert report(name, threads=1, **FEWER.get(name, {})) == report(name, threads=4, **FEWER.get(name, {}))
