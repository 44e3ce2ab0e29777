"""The measurements as tables in Markdown.

formats ── runs ──▶ **table** ──▶ README.md
"""

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.formats.runs import Run
from tests.benchmarks.formats.writers import OURS, WRITERS, Writer

Measured = Mapping[tuple[Writer, int], Sequence[Run]]
"""The runs of each writer for each number of rows."""


def table(measured: Measured, write_mb_s: float) -> Iterator[str]:
    """Yield the lines: of several runs the quickest, and the most memory of any."""
    yield "| format | rows | writer | rows/s | of the fastest peer | MB/s | of a plain write | peak MB |"
    yield "|---|---:|---|---:|---:|---:|---:|---:|"
    for file_format in dict.fromkeys(writer.format for writer in WRITERS):
        sizes = sorted({rows for writer, rows in measured if writer.format == file_format})
        for rows in sizes:
            best = {
                writer: min(runs, key=lambda run: run.seconds)
                for (writer, its_rows), runs in measured.items()
                if writer.format == file_format and its_rows == rows
            }
            peaks = {writer: max(run.peak_mb for run in measured[writer, rows]) for writer in best}
            yield from _lines(best, peaks, write_mb_s)


def _lines(best: Mapping[Writer, Run], peaks: Mapping[Writer, float], write_mb_s: float) -> Iterator[str]:
    peers = [run.rows_s for writer, run in best.items() if writer.name != OURS]
    for writer, run in sorted(best.items(), key=lambda each: -each[1].rows_s):
        name = (f"**{writer.name}**" if writer.name == OURS else writer.name) + "¹" * writer.is_to_disk
        ratio = f"{run.rows_s / max(peers):.2f}" if peers else ""
        yield (
            f"| {writer.format} | {run.rows:,} | {name} | {run.rows_s:,.0f} | {ratio} "
            f"| {run.mb_s:,.1f} | {run.mb_s / write_mb_s:.1%} | {peaks[writer]:,.0f} |"
        )
