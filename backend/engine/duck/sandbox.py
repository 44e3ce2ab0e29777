"""A DuckDB that sees the declared datasets, writes to the sink, and does nothing else.

engine ──▶ **sandbox** ──▶ DuckDB
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.sink import TARGET, Sink
from backend.engine.duck.spilling import spill_directory
from backend.formats.sql import literal, quoted
from backend.service.ports import DatasetFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a query may use."""

    memory_mb: int
    """For DuckDB's buffers. The process takes some 150 MB more."""
    storage_mb: int
    """For spilling, and as much again for the file that rows are gathered in."""
    writing_mb: int = 0
    """`memory_mb` while a file is written at once, if that is more."""
    most_memory_mb: int | None = None
    """`memory_mb` where that turns out to be too little; None for no more."""
    threads: int = 2
    """How many of DuckDB's threads run the query side by side."""

    @property
    def generous(self) -> "Limits":
        """The same with all the memory there is."""
        return replace(self, memory_mb=self.most_memory_mb or self.memory_mb)

    @property
    def for_writing(self) -> "Limits":
        """The same for writing a file at once."""
        return replace(self, memory_mb=max(self.memory_mb, self.writing_mb))

    @classmethod
    def of_function(cls, memory_mb: int, storage_mb: int) -> "Limits":
        """Return what a query gets of a function of that size.

        At first little of its memory: 221 MB of the usual 1,769, which buy the processor rather than the memory. More
        would serve large sorts alone, which take a third less time with 353 MB, and show in the process. For writing
        353 MB, as that takes less than it may. At the most half of it.
        """
        return cls(
            memory_mb=max(SMALLEST_MEMORY_MB, memory_mb // FIRST_SHARE),
            writing_mb=max(SMALLEST_MEMORY_MB, memory_mb // WRITING_SHARE),
            most_memory_mb=max(SMALLEST_MEMORY_MB, memory_mb // LARGEST_SHARE),
            storage_mb=max(1, storage_mb - KEPT_STORAGE_MB),
        )


SMALLEST_MEMORY_MB = 160
FIRST_SHARE, WRITING_SHARE, LARGEST_SHARE = 8, 5, 2
KEPT_STORAGE_MB = 64


@contextmanager
def opened(
    limits: Limits,
    source: DatasetFiles,
    sink: Sink,
    tables: Mapping[str, Sequence[DatasetFile]],
    *,
    gathered: Path | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection in which `tables` can be selected from and the sink's file can be written.

    Every other file but `gathered` is out of its reach: in statements, in DuckDB's functions, and through its settings,
    now locked.
    """
    with spill_directory() as spill, duckdb.connect(":memory:") as connection:
        connection.register_filesystem(source)
        connection.register_filesystem(sink)
        urls = {table: [source.url(file) for file in files] for table, files in tables.items()}
        paths = [*(url for each in urls.values() for url in each), TARGET, *([str(gathered)] if gathered else [])]
        for setting, value in _settings(limits, spill, paths).items():
            connection.execute(f"SET {setting} = {value}")
        for table, its_urls in urls.items():
            connection.execute(dataset_view(table, its_urls))
        yield connection


def dataset_view(dataset: str, urls: Sequence[str], condition: str = "true") -> str:
    """Return the statement by which a dataset can be selected from, or the rows of it that meet a condition."""
    listed = ", ".join(map(literal, urls))
    selected = f"SELECT * FROM read_parquet([{listed}]) WHERE {condition}"  # noqa: S608  quoted
    return f"CREATE OR REPLACE VIEW {quoted(dataset)} AS {selected}"


def _settings(limits: Limits, spill: Path, paths: Sequence[str]) -> dict[str, str]:
    """Return the settings in the order that matters: none can be changed after the last."""
    return {
        "threads": str(limits.threads),
        # With any, a COPY that fails or is stopped never returns, now and then: see duckdb/duckdb#23885.
        "async_threads": "0",
        # One thread alone is there to read each file once: what it kept would only grow with the data.
        "enable_external_file_cache": str(limits.threads > 1).lower(),
        "memory_limit": f"'{limits.memory_mb}MB'",
        "temp_directory": literal(str(spill)),
        "max_temp_directory_size": f"'{limits.storage_mb}MB'",
        "preserve_insertion_order": "true",
        "parquet_metadata_cache": "true",
        "TimeZone": "'UTC'",
        "enable_progress_bar": "true",
        "enable_progress_bar_print": "false",
        "python_enable_replacements": "false",
        "allow_community_extensions": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allowed_paths": "[" + ", ".join(literal(path) for path in paths) + "]",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
