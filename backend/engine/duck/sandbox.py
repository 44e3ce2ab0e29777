"""A DuckDB that sees the declared datasets, writes to the sink, and does nothing else.

engine ──▶ **sandbox** ──▶ DuckDB
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import duckdb

from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.sink import Sink
from backend.engine.duck.spilling import spill_directory
from backend.engine.layout import Layout
from backend.formats.sql import literal, quoted


@contextmanager
def opened(
    limits: Limits,
    source: DatasetFiles,
    sink: Sink,
    tables: Mapping[str, Sequence[DatasetFile]],
    *,
    gathered: Path | None = None,
    more_sinks: Sequence[Sink] = (),
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection in which `tables` can be read and the files of sinks can be written.

    No other file but `gathered` can be reached: not by statements, DuckDB's functions, or its settings, which are
    locked; `settings` are more of these.
    """
    with spill_directory() as spill, duckdb.connect(":memory:") as connection:
        connection.register_filesystem(source)
        sinks = [sink, *more_sinks]
        for each in sinks:
            connection.register_filesystem(each)
        urls = {table: [source.url(file) for file in files] for table, files in tables.items()}
        paths = [url for each in urls.values() for url in each] + [each.target for each in sinks]
        paths += [str(gathered)] if gathered else []
        for setting, value in {**settings, **_settings(limits, spill, paths)}.items():
            connection.execute(f"SET {setting} = {value}")
        for table, its_urls in urls.items():
            connection.execute(dataset_view(table, its_urls, layout=layout_of(tables[table])))
        yield connection


def layout_of(files: Sequence[DatasetFile]) -> Layout | None:
    """Return the layout of the dataset whose files these are; None if it is not partitioned."""
    return files[0].layout if files else None


def dataset_view(dataset: str, urls: Sequence[str], condition: str | None = None, layout: Layout | None = None) -> str:
    """Return the statement by which a dataset can be selected from, or in one connection rows that meet a condition."""
    kind, condition = ("VIEW", "true") if condition is None else ("TEMP VIEW", condition)
    listed = ", ".join(map(literal, urls))
    if layout is None:
        selected = f"SELECT * FROM read_parquet([{listed}]) WHERE {condition}"  # noqa: S608  quoted
    else:
        selected = f"{_columns_of(layout)} FROM read_parquet([{listed}], {_keys_of(layout)}) WHERE {condition}"
    return f"CREATE OR REPLACE {kind} {quoted(dataset)} AS {selected}"


def _columns_of(layout: Layout) -> str:
    """Return the SELECT of the dataset's own columns in their order: the names of folders are in lower case."""
    folders = {key.of: key.name for key in layout.own_keys}
    return "SELECT " + ", ".join(
        f"{quoted(folders[name])} AS {quoted(name)}" if name in folders else quoted(name) for name, _ in layout.columns
    )


def _keys_of(layout: Layout) -> str:
    """Return the options by which columns come from the names of folders; a derived key is no column."""
    types = ", ".join(f"{literal(key.name)}: {literal(key.type if not key.unit else 'VARCHAR')}" for key in layout.keys)
    return f"hive_partitioning = true, hive_types = {{{types}}}"


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
