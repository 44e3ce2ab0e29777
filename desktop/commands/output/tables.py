"""Results on standard output: JSON, the catalog, tables.

actions ──▶ **tables** ──▶ `printable` ──▶ terminal
"""

import sys
from collections.abc import Iterable

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from backend.protocol.messages import DefinitionInfo, Snapshot
from backend.protocol.printable import printable, printable_json
from desktop.wording.catalog import describe_definition, describe_options

WIDTH_ELSEWHERE = 200
"""Columns of a table that goes to a file or another program."""
WIDTH_OF_TABLE = 110
"""Columns of a table of reports, short errors included."""


def print_json(value: object) -> None:
    """Print a value as JSON, in one line."""
    sys.stdout.write(printable_json(msgspec.json.encode(value).decode()) + "\n")


def print_catalog(definitions: Iterable[DefinitionInfo]) -> None:
    """Print what can be generated, with parameters and formats: folded in a terminal, a line for each elsewhere."""
    console = Console(soft_wrap=True)
    width = console.width if sys.stdout.isatty() else None
    formats: dict[str, None] = {}
    for definition in definitions:
        formats |= dict.fromkeys(definition.formats)
        console.print(Text.assemble((printable(definition.id), "bold"), f"  {printable(definition.title)}"))
        console.print(Text(printable("\n".join([*describe_definition(definition, width), ""]))))
    for line in describe_options(formats, width):
        console.print(Text(printable(line)))


def print_reports(snapshots: Iterable[Snapshot]) -> None:
    """Print what was generated, newest first: as a table, or where that has no room two lines for each."""
    rows = [_cells(snapshot) for snapshot in snapshots]
    console = Console()
    if not sys.stdout.isatty():  # `console.is_terminal` is true wherever FORCE_COLOR is set
        console.width = WIDTH_ELSEWHERE  # `print(width=…)` only makes it narrower
    if console.width < WIDTH_OF_TABLE:
        for report_id, *others in rows:
            console.print(Text(report_id, "bold"))
            console.print(Padding(Text("  ".join(filter(None, others))), (0, 0, 0, 2)))
        return
    table = Table(Column("Report id", no_wrap=True, min_width=36), "Definition", "State", box=None, pad_edge=False)
    for title in ("Asked for", "Rows", "Bytes", "Error"):
        table.add_column(title, justify="right" if title in {"Rows", "Bytes"} else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _cells(snapshot: Snapshot) -> list[str]:
    result = snapshot.result
    cells = (
        snapshot.report_id,
        snapshot.definition,
        snapshot.state,
        f"{snapshot.created_at.astimezone():%Y-%m-%d %H:%M}",
        f"{result.row_count:,}" if result else "",
        f"{result.size_bytes:,}" if result else "",
        snapshot.error.message if snapshot.error else "",
    )
    return [printable(cell) for cell in cells]
