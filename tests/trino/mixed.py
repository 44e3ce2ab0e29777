"""A dataset of random rows of every type that reports may use, with what goes wrong most often among them.

seed ──▶ **rows** ──▶ **write** ──▶ Parquet ──▶ DuckDB, Trino
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

ROW_COUNT = 3_000
NULL_SHARE = 0.1
COLUMNS = {
    "id": "INTEGER",
    "kind": "INTEGER",
    "yes": "BOOLEAN",
    "tiny": "TINYINT",
    "small": "SMALLINT",
    "whole": "INTEGER",
    "large": "BIGINT",
    "share": "DOUBLE",
    "price": "DECIMAL(9,2)",
    "rate": "DECIMAL(18,4)",
    "long": "DECIMAL(38,6)",
    "word": "VARCHAR",
    "other": "VARCHAR",
    "day": "DATE",
    "until": "DATE",
    "moment": "TIMESTAMP",
}
DAYS = [
    date(2012, 2, 29),
    date(2013, 3, 10),
    date(2013, 11, 3),
    date(2012, 12, 31),
    date(2013, 1, 1),
    date(1900, 3, 1),
    date(1500, 2, 28),
]
"""A leap day, days on which clocks are set, ends of years, one before the Gregorian calendar."""
WORDS = [
    "",
    "a",
    "A",
    "aa",
    "N14228",
    "Ünïcode",
    "ß",
    "naïve",
    "日本",
    "😀x",
    " padded ",
    "\u3000a\u00a0 ",
    "\tA\n",
    "\u200bN1\u2007",
    "e\u0301a",
    "it's",
    "%_\\",
    "$x ${y}",
    "-1",
]
DOUBLES = [0.0, -0.0, 1.005, -1.005, 2.675, 0.125, 0.375, -0.5, 1e-7, 123456.785, 1 / 3, -2.5, 3.5]


def rows(seed: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows, of `COLUMNS`."""
    chance = random.Random(seed)
    makers: dict[str, Callable[[], Any]] = {
        "kind": lambda: chance.randrange(40),
        "yes": lambda: chance.random() < 0.5,
        "tiny": lambda: chance.randint(-120, 120),
        "small": lambda: chance.choice([0, 1, -1, 32_000, -32_000, chance.randint(-999, 999)]),
        "whole": lambda: chance.choice([0, 7, -7, chance.randint(-90, 90), chance.randint(-(2**31), 2**31 - 1)]),
        "large": lambda: chance.choice([0, 5, 2**53 + 1, -(2**53) - 1, chance.randint(-(2**40), 2**40)]),
        "share": lambda: chance.choice([*DOUBLES, chance.uniform(-999, 999), chance.randint(-99999, 99999) / 1000]),
        "price": lambda: Decimal(chance.randint(-99999, 99999)).scaleb(-2),
        "rate": lambda: Decimal(chance.choice([5, -5, 12345, chance.randint(-(10**12), 10**12)])).scaleb(-4),
        "long": lambda: Decimal(chance.randint(-(10**25), 10**25)).scaleb(-6),
        "word": lambda: chance.choice(WORDS),
        "other": lambda: chance.choice(WORDS),
        "day": lambda: chance.choice([*DAYS, date(1990, 1, 1) + timedelta(chance.randrange(15_000))]),
        "until": lambda: chance.choice([*DAYS, date(1990, 1, 1) + timedelta(chance.randrange(15_000))]),
        "moment": lambda: (
            datetime.combine(chance.choice(DAYS), datetime.min.time())
            + timedelta(microseconds=chance.choice([0, 1, 999_999, chance.randrange(86_400_000_000)]))
        ),
    }
    for number in range(ROW_COUNT):
        yield (number, *(None if chance.random() < NULL_SHARE else make() for make in makers.values()))


def write(directory: Path, seed: int) -> None:
    """Write the rows to a Parquet file, in the directory."""
    with duckdb.connect() as connection:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
        connection.execute(f"CREATE TABLE mixed ({columns})")
        places = ", ".join("?" for _ in COLUMNS)
        connection.executemany(f"INSERT INTO mixed VALUES ({places})", list(rows(seed)))
        connection.execute(f"COPY mixed TO '{directory / 'mixed.parquet'}' (FORMAT parquet)")
