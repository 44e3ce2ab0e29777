"""Every report in every format, from a request to files that other programs read alike."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import polars as pl
import pytest

from backend import reports
from backend.catalog.loading import load
from desktop.sign_in.profiles import Profile
from tests.flows.plain import connected, follow
from tests.limits import HANG_S
from tests.readers import in_csv, in_sheet, read_csv, read_parquet, read_with_calamine, read_with_openpyxl

pytestmark = pytest.mark.slow

PARAMETERS: dict[str, dict[str, Any]] = {
    "sample": {"delay": 0, "amountOfRows": 2_000},
    "flights": {"start": "2013-02-01", "end": "2013-02-07"},
}
"""Not the defaults, where those would take long to compare."""


@dataclass(frozen=True)
class Made:
    snapshot: dict[str, Any]
    path: Path
    preview: dict[str, Any]


def make(profile: Profile, directory: Path, definition: str, **more: Any) -> Made:
    """Ask for the report and save its file, as any client would."""

    async def flow() -> dict[str, Any]:
        data = {"definition": definition, "parameters": PARAMETERS.get(definition, {}), **more}
        async with connected(profile) as connection:
            await connection.send(json.dumps({"action": "generateReport", "data": data}))
            return (await asyncio.wait_for(follow(connection), HANG_S))[-1]

    snapshot = asyncio.run(flow())
    assert snapshot["state"] == "SUCCEEDED", snapshot["error"]
    path = directory / snapshot["result"]["fileName"]
    path.write_bytes(fetch(snapshot["link"]["url"]))
    return Made(snapshot, path, json.loads(fetch(snapshot["link"]["previewUrl"])))


def fetch(url: str) -> bytes:
    return httpx.get(url, trust_env=False).raise_for_status().content


@pytest.mark.parametrize("definition", sorted(load(reports)))
def test_every_report_comes_in_every_format_with_the_same_rows(
    definition: str, profile: Profile, tmp_path: Path
) -> None:
    made = {name: make(profile, tmp_path, definition, format=name) for name in load(reports)[definition].formats}
    names, kinds, rows = read_parquet(made["parquet"].path)
    assert rows
    assert {each.snapshot["result"]["rowCount"] for each in made.values()} == {len(rows)}

    assert read_csv(made["csv"].path) == [names, *([in_csv(cell) for cell in row] for row in rows)]
    expected = [tuple(in_sheet(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in rows]
    assert read_with_openpyxl(made["xlsx"].path) == [tuple(names), *expected]
    assert read_with_calamine(made["xlsx"].path) == [tuple(names), *expected]
    assert pl.read_parquet(made["parquet"].path).rows() == rows

    previews = [each.preview for each in made.values()]
    assert previews[0] == previews[1] == previews[2]
    assert previews[0]["rowCount"] == len(rows)
    assert [column["name"] for column in previews[0]["columns"]] == names
    assert len(previews[0]["rows"]) == min(len(rows), 200)


def test_csv_options_reach_the_file(profile: Profile, tmp_path: Path) -> None:
    options = {"delimiter": ";", "bom": True}
    made = make(profile, tmp_path, "carrier-scorecard", format="csv", formatOptions=options)
    content = made.path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.split(b"\r\n")[0].count(b";") == len(made.preview["columns"]) - 1


def test_same_request_makes_the_same_bytes(profile: Profile, tmp_path: Path) -> None:
    for name in ("csv", "parquet"):
        first, second = (make(profile, tmp_path, "flights", format=name) for _ in range(2))
        assert first.snapshot["result"]["sha256"] == second.snapshot["result"]["sha256"]


def test_header_is_in_sight_and_filtered(profile: Profile, tmp_path: Path) -> None:
    made = make(profile, tmp_path, "carrier-delays", format="xlsx")
    workbook = openpyxl.load_workbook(made.path)
    sheet: Any = workbook.worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")
    about = {row[0]: row[1] for row in workbook["About this report"].iter_rows(values_only=True) if len(row) > 1}
    assert about["Report"] == "Delays by carrier and month"
    assert about["From"] == "2013-01-01"
