"""The rows every writer of the benchmark writes: ten columns of the types that reports have.

**make** ──▶ one Parquet file ──▶ every writer, ours and others

Each value follows from the number of its row, by whole numbers a program in any language can repeat (peers/rows.cjs).
Most are mixed enough that neither a dictionary nor zstd makes much less of them.
"""

from pathlib import Path

import duckdb

CITIES = (
    "Amsterdam", "Berlin", "Buenos Aires", "Cairo", "København", "Lagos", "Lima", "Mumbai", "Paris", "Tokyo",
    "Washington, D.C.", 'Winston "Salem"',
)  # fmt: skip
"""Of these one needs quotes in CSV for its comma, one for its quotes."""

_SQL = """
    SELECT
        1_000_000_000 + n AS id,
        DATE '2020-01-01' + (n % 1461)::INTEGER AS day,
        TIMESTAMP '2024-01-01' + to_seconds(n * 7 % 31_536_000) AS at,
        'Customer ' || (mixed % 100_000) AS customer,
        list_extract($cities::VARCHAR[], mixed % len($cities) + 1) AS city,
        CASE WHEN n % 10 > 0 THEN 'Delivered at gate ' || (mixed % 50) || ' & signed for by clerk ' || (mixed % 9973)
            END AS note,
        (mixed % 1000)::INTEGER AS quantity,
        ((mixed % 100_000_000)::DECIMAL(12, 2) / 100)::DECIMAL(12, 2) AS amount,
        mixed / 7.0::DOUBLE AS ratio,
        mixed % 3 = 0 AS active
    FROM (SELECT n, n * 48_271 % 2_147_483_647 AS mixed FROM range($rows) AS numbers(n))
"""


def make(file: Path, rows: int) -> None:
    """Write the first `rows` rows as Parquet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'")
        query = f"COPY ({_SQL}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)"
        connection.execute(query, {"rows": rows, "cities": list(CITIES)})
