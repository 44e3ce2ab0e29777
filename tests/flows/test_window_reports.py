"""Every report in every format, by hand: chosen in the window, made, and downloaded."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from backend import reports
from backend.catalog.loading import load
from desktop.sign_in.profiles import Profile
from tests.flows.test_reports import PARAMETERS
from tests.flows.test_window import Analyst, analyst, download
from tests.qt_loops import Drive

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore("propagateSizeHints")]


def ask(person: Analyst, file_format: str) -> str:
    """Choose the format, press Generate, and return the report's id."""
    before = set(person.app.store.session.entries)
    choice = person.app.window.form.format
    assert choice
    choice.choice.setCurrentIndex(choice.formats.index(file_format))
    person.click_generate()
    (report_id,) = set(person.app.store.session.entries) - before
    return report_id


@pytest.mark.parametrize("definition", sorted(load(reports)))
def test_every_report_comes_in_every_format(definition: str, profile: Profile, drive: Drive, tmp_path: Path) -> None:
    async def flow() -> None:
        async with analyst(profile) as person:
            await person.until_connected()
            assert person.app.window.form.choose(definition)
            for name, value in PARAMETERS.get(definition, {}).items():
                person.type_parameter(name, str(value))
            asked = {each: ask(person, each) for each in load(reports)[definition].formats}
            row_counts = set()
            for file_format, report_id in asked.items():
                await person.until_shown(report_id, "Ready")
                await download(person, report_id, path := tmp_path / f"report.{file_format}")
                result = person.result(report_id)
                assert hashlib.sha256(path.read_bytes()).hexdigest() == result.sha256
                row_counts.add(result.row_count)
            assert row_counts == {pl.read_parquet(tmp_path / "report.parquet").height}

    drive(flow())
