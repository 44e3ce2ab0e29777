"""A report in a call, inside a running loop, on the real local backend."""

import asyncio
import datetime as dt
import hashlib
from pathlib import Path

import duckdb
import polars as pl
import pytest

from backend.protocol.lifecycle import State
from backend.protocol.messages import Snapshot
from desktop.notebook import WrongRequest, get
from desktop.sign_in.profiles import Profile


@pytest.mark.slow
def test_parquet_is_read_in_a_cell(profile: Profile) -> None:
    seen: list[Snapshot] = []

    async def cell() -> pl.DataFrame:
        file = get("worst-days", profile=profile, days=3, end=dt.date(2013, 6, 30), origin=None, progress=seen.append)
        assert seen[-1].result
        assert hashlib.sha256(file.getvalue()).hexdigest() == seen[-1].result.sha256
        return pl.read_parquet(file)

    days = asyncio.run(cell())
    assert days["Rank"].to_list() == [1, 2, 3]
    assert days["Date"].dtype == pl.Date
    assert all(day <= dt.date(2013, 6, 30) for day in days["Date"])
    assert seen[-1].state is State.SUCCEEDED


@pytest.mark.slow
def test_path_is_read_by_duckdb(profile: Profile, tmp_path: Path) -> None:
    path = get("worst-days", profile=profile, days=3, output=tmp_path / "days.parquet")
    (count,) = duckdb.from_parquet(str(path)).aggregate("count(*)").fetchall()[0]
    assert count == 3


@pytest.mark.slow
def test_service_says_what_is_wrong_with_a_parameter(profile: Profile) -> None:
    with pytest.raises(WrongRequest, match=r"days must be a whole number from 1 to 366"):
        get("worst-days", profile=profile, days=0)
    with pytest.raises(WrongRequest, match=r'There is no report called "best-days"'):
        get("best-days", profile=profile)
