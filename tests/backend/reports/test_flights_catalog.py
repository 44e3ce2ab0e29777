import re

import pytest

from tests.backend.reports.comparison import Report
from tests.backend.reports.conftest import REPORTS

NAMES = sorted(file.stem for file in REPORTS.glob("*.sql"))
FEWER = {"flights": {"carrier": "B6"}}


@pytest.mark.parametrize("name", NAMES)
def test_parameter_that_takes_capitals_alone_says_so(name: str) -> None:
    header = (REPORTS / f"{name}.sql").read_text()
    for section in re.split(r"\n(?=\[)", header):
        pattern = re.search(r'^pattern = "(.*)"$', section, re.MULTILINE)
        if pattern and re.fullmatch(pattern[1], "LAX") and not re.fullmatch(pattern[1], "lax"):
            assert "capital" in section


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_report_says_the_same_however_many_threads_work_on_it(report: Report, name: str) -> None:
    assert report(name, threads=1, **FEWER.get(name, {})) == report(name, threads=4, **FEWER.get(name, {}))
