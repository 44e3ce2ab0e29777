"""Every share of a function's memory and disk that making a report takes.

settings ──▶ **Limits** ──▶ export, sandbox, slices

| share | of the worker's 1,769 MB | who takes it |
|---|---|---|
| `FIRST_SHARE` | 1/4: 442 MB | a query, at first, and writing its file in one piece: more shows in the process |
| `LARGEST_SHARE` | 1/2: 884 MB | a query that failed for memory, once more |
| the same | 1/2: 884 MB | the makers of slices, together |
| `MOST_HELD_BYTES` | 64 MiB | pieces of slices that wait for an earlier slice |
| `WHOLE_FILES_KEPT` | 16 files of 1 MiB at most | small files of datasets |
| the rest | about 150 MB | the interpreter, DuckDB's own code, two parts of 8 MiB on their way to S3 |
| `KEPT_STORAGE_MB` | 64 MB of /tmp | what is neither spilled to nor gathered in |
"""

from dataclasses import dataclass, replace

SMALLEST_MEMORY_MB = 160
FIRST_SHARE, LARGEST_SHARE = 4, 2
KEPT_STORAGE_MB = 64
MAKERS = 2
"""How many slices of a file are made at a time: Lambda gives a second processor from 1,770 MB on."""
MOST_HELD_BYTES = 64 * 1024 * 1024
WHOLE_FILE_BYTES = 1024 * 1024
"""A file as small as this is fetched at once: one request costs more than the bytes."""
WHOLE_FILES_KEPT = 16
"""Of those the last read are kept: a dataset may have thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Memory, disk and threads of one query."""

    memory_mb: int
    """For DuckDB's buffers. The process takes some 150 MB more."""
    storage_mb: int
    """For spilling, and as much again for the file that rows are gathered in."""
    most_memory_mb: int | None = None
    """`memory_mb` where that turns out to be too little; None for no more."""
    threads: int = 2
    """How many of DuckDB's threads run the query side by side."""

    @property
    def generous(self) -> "Limits":
        """The same with all the memory there is."""
        return replace(self, memory_mb=self.most_memory_mb or self.memory_mb)

    @classmethod
    def of_function(cls, memory_mb: int, storage_mb: int, threads: int = 2) -> "Limits":
        """Return the shares of a function of that size."""
        return cls(
            threads=threads,
            memory_mb=max(SMALLEST_MEMORY_MB, memory_mb // FIRST_SHARE),
            most_memory_mb=max(SMALLEST_MEMORY_MB, memory_mb // LARGEST_SHARE),
            storage_mb=max(1, storage_mb - KEPT_STORAGE_MB),
        )
