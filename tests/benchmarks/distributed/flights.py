"""Flights by the hundred million, made from the sample's: a dataset in folders of months, as `data add` lays it out.

seed, rows ──▶ **make** ──▶ `date_month=2013-01-01/part-….parquet`, `_layout.json`

Run it with `python -m tests.benchmarks.distributed.flights FOLDER --rows 100`: it makes `FOLDER/flights`.
"""

import argparse
import hashlib
import os
import shutil
from datetime import date
from pathlib import Path

import duckdb

from backend.engine.layout import DATE, FILE_NAME, Key, Layout, Part, decode, encode
from infra.bundle import default_cache_dir
from infra.local.datasets import local_datasets

DATASET = "flights"
FLIGHTS_A_YEAR = 336_776
FIRST_YEAR, YEARS = 2013, 10
SEED = 20_130_101
MOST_FLIGHTS = 10_000
"""More than any number of a flight: those of the copies lie above each other, so that no two are the same."""
FLOWN = """
CREATE TABLE flown AS
SELECT stored.* RENAME (file_row_number AS row), planes
FROM read_parquet('{files}', file_row_number = true) AS stored
JOIN (SELECT carrier, count(DISTINCT tailnum) AS planes FROM '{files}' GROUP BY carrier) AS fleets USING (carrier)
"""
FLEETS = """
CREATE TABLE fleets AS
SELECT carrier, plane, row_number() OVER (PARTITION BY carrier ORDER BY plane) - 1 AS place
FROM (SELECT DISTINCT carrier, tailnum AS plane FROM flown WHERE tailnum IS NOT NULL)
"""
"""The planes of each carrier, numbered."""
MONTH = Key(name="date_month", type=DATE, of="date", unit="month")


def make(directory: Path, rows: int, seed: int = SEED, years: int = YEARS) -> Layout:
    """Write at least so many flights into a new directory, the same ones for the same seed; return its layout.

    Every flight of the sample is flown in every year as often as it takes, each time with another number, another plane
    of the carrier's, and other delays.
    """
    copies = -(-rows // (FLIGHTS_A_YEAR * years))
    directory.mkdir(parents=True)
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as connection:
        flown = local_datasets.samples(default_cache_dir())[DATASET]
        connection.execute(FLOWN.format(files=f"{flown}/*.parquet"))
        connection.execute(FLEETS)
        described = connection.execute("DESCRIBE SELECT * EXCLUDE (row, planes) FROM flown").fetchall()
        months = [date(FIRST_YEAR + later, month, 1) for later in range(years) for month in range(1, 13)]
        parts = [_part(connection, directory, month, copies, seed) for month in months]
    layout = Layout(columns=tuple((name, kind) for name, kind, *_ in described), keys=(MONTH,), parts=tuple(parts))
    (directory / FILE_NAME).write_bytes(encode(layout))
    return layout


def made(folder: Path, rows: int) -> Path:
    """Return the directory of so many flights below a folder, where an earlier run may have made it."""
    place = folder / f"{rows}" / DATASET
    if not (place / FILE_NAME).exists():
        shutil.rmtree(place, ignore_errors=True)
        make(place, rows)
    return place


def link(directory: Path, target: Path, times: int = 1, *, is_flat: bool = True) -> None:
    """Have a new directory, on the same disk, hold the same files, each so often under other names.

    Flat it is a dataset without partitions: the files are beside each other.
    """
    for part in layout_of(directory).parts:
        for time in range(times):
            file = f"{part.values[0]}-{time}.parquet"
            place = target / file if is_flat else (target / part.path).with_name(file)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(directory / part.path, place)


def layout_of(directory: Path) -> Layout:
    """Return the layout of what was made."""
    return decode((directory / FILE_NAME).read_bytes())


def _part(connection: duckdb.DuckDBPyConnection, directory: Path, month: date, copies: int, seed: int) -> Part:
    """Write the flights of one month, day by day; those of a day are in no order."""
    later = month.year - FIRST_YEAR
    changed = f"""
        (date + INTERVAL {later} YEAR)::DATE AS date,
        {month.year} AS year,
        {_clock("sched_dep_time", "dep_delay + early")} AS dep_time,
        (dep_delay + early)::INTEGER AS dep_delay,
        {_clock("sched_arr_time", "arr_delay + early + late")} AS arr_time,
        (arr_delay + early + late)::INTEGER AS arr_delay,
        (air_time + early)::INTEGER AS air_time,
        (flight + copy * {MOST_FLIGHTS})::INTEGER AS flight,
        CASE WHEN tailnum IS NOT NULL THEN plane END AS tailnum,
        time_hour + INTERVAL {later} YEAR AS time_hour"""
    rows = f"""
        WITH again AS (
            SELECT flown.*, copies.copy, (hash(row, copy, {later}, {seed}) >> 1)::BIGINT AS chance
            FROM flown CROSS JOIN range({copies}) AS copies(copy)
            WHERE month = {month.month}
        ),
        drawn AS (
            SELECT *, chance % 16 - 8 AS early, chance // 16 % 64 - 32 AS late, chance // 1024 % planes AS place
            FROM again
        )
        SELECT * EXCLUDE (row, planes, copy, chance, early, late, place, plane) REPLACE ({changed})
        FROM drawn JOIN fleets USING (carrier, place)
        ORDER BY date, chance"""
    written = directory / "written.parquet"
    connection.execute(f"COPY ({rows}) TO '{written}' (FORMAT parquet, COMPRESSION zstd)")
    ((row_count,),) = connection.execute("SELECT num_rows FROM parquet_file_metadata($1)", [str(written)]).fetchall()
    name = hashlib.sha256(f"{month} {copies} {seed}".encode()).hexdigest()[:16]
    path = f"{MONTH.name}={month}/part-{name}.parquet"
    (directory / path).parent.mkdir()
    written.rename(directory / path)
    size_bytes = (directory / path).stat().st_size
    return Part(path=path, values=(month.isoformat(),), row_count=row_count, size_bytes=size_bytes)


def _clock(scheduled: str, delay: str) -> str:
    """Return the expression for a time of day, a number such as 1705, so many minutes after another one."""
    minutes = f"({scheduled} // 100 * 60 + {scheduled} % 100 + {delay} + 1440) % 1440"
    return f"(CASE {minutes} WHEN 0 THEN 2400 ELSE {minutes} // 60 * 100 + {minutes} % 60 END)::INTEGER"


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description="Make flights, in folders of months.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=100, help="million")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    layout = make(chosen.folder / DATASET, chosen.rows * 10**6, chosen.seed)
    print(f"{layout.row_count:,} flights, {layout.size_bytes / 1e6:,.0f} MB, {len(layout.parts)} months")  # noqa: T201


if __name__ == "__main__":
    main()
