"""Results on standard output: JSON, the catalog, tables.

actions ──▶ **tables** ──▶ `printable` ──▶ terminal
"""

import shlex
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backend.protocol.messages import DefinitionInfo, Snapshot
from backend.protocol.printable import printable, printable_json
from desktop.keeping.exchange import NamedSet
from desktop.wording.catalog import describe_definition, describe_options, say_typed
from desktop.wording.formats import say_value
from desktop.wording.numbers import say_size

Row = Mapping[str, str]
"""The cells of one report by the titles of their columns, in order."""

WIDTH_ELSEWHERE = 40_000
"""Columns of a table that goes to a file or another program: a line for each report, as long as it may be."""
WIDTH_OF_WHOLE = 110
"""Columns of a terminal from which ids stand in a table whole."""
WHOLE_ID = 36
LEAST_ID = 8
"""Characters of an id in a narrower table, if they tell the reports apart."""
GAP = 2
"""Columns between two of a table."""
LEAST_NAME = 12
"""Columns of a table to which the name of a definition is cut where there is little room."""
LEFT_OUT = ({"Rows"}, {"Rows", "Size"}, {"Rows", "Size", "Asked for"})
"""Columns of a table that are left out where even that does not make room."""


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


def print_reports(snapshots: Sequence[Snapshot], ids: Iterable[str] = ()) -> None:
    """Print reports: a line for each in a file or a pipe; in a terminal as a table that fits it, with errors below.

    `ids` are those of all reports, which an id that is cut has to be told from.
    """
    if not snapshots:
        return
    console = Console()
    if not sys.stdout.isatty():  # `console.is_terminal` is true wherever FORCE_COLOR is set
        console.width = WIDTH_ELSEWHERE  # `print(width=…)` only makes it narrower
        _print_lines(console, _table([_exact(snapshot) for snapshot in snapshots]))
        return
    known = {*ids, *(snapshot.report_id for snapshot in snapshots)}
    length = WHOLE_ID if console.width >= WIDTH_OF_WHOLE else _telling_length(known)
    console.print(_fitting([_short(snapshot, length) for snapshot in snapshots], console.width))
    failed = [(snapshot.report_id[:length], _error(snapshot)) for snapshot in snapshots if snapshot.error]
    if failed:
        console.print()
        console.print(_notes(failed))


def print_sets(sets: Sequence[NamedSet]) -> None:
    """Print parameter sets, each with the arguments that it stands for: folded in a terminal, a line each elsewhere."""
    if not sets:
        return
    console = Console()
    if not sys.stdout.isatty():
        console.width = WIDTH_ELSEWHERE
    table = Table("Definition", "Name", "Parameters", box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for each in sets:
        table.add_row(*(Text(printable(cell)) for cell in (each.definition, each.name, shlex.join(_arguments(each)))))
    _print_lines(console, table)


def _print_lines(console: Console, table: Table) -> None:
    """Print a table without spaces behind its lines."""
    with console.capture() as captured:
        console.print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _arguments(each: NamedSet) -> list[str]:
    """Return the arguments of `reportwire generate` that a set stands for."""
    given = [(name, say_typed(value)) for name, value in each.parameters.items() if value is not None]
    options = [(name, say_value(value).lower()) for name, value in each.format_options.items() if value is not None]
    return [
        *(part for name, value in given for part in ("-p", f"{name}={value}")),
        *(("--format", each.format) if each.format else ()),
        *(part for name, value in options for part in ("--format-option", f"{name}={value}")),
    ]


def _exact(snapshot: Snapshot) -> Row:
    result = snapshot.result
    return {
        "Report id": snapshot.report_id,
        **_usual(snapshot),
        "Rows": f"{result.row_count:,}" if result else "",
        "Bytes": f"{result.size_bytes:,}" if result else "",
        "Error": _error(snapshot),
    }


def _short(snapshot: Snapshot, length: int) -> Row:
    result = snapshot.result
    return {
        "Id": snapshot.report_id[:length],
        **_usual(snapshot),
        "Size": say_size(result.size_bytes) if result else "",
        "Rows": f"{result.row_count:,}" if result else "",
    }


def _usual(snapshot: Snapshot) -> Row:
    return {
        "Definition": snapshot.definition,
        "State": snapshot.state,
        "Asked for": f"{snapshot.created_at.astimezone():%Y-%m-%d %H:%M}",
    }


def _fitting(rows: Sequence[Row], width: int) -> Table:
    """Return a table with as many columns as there is room for."""
    table = _table(rows)
    for left_out in LEFT_OUT:
        if sum((column.min_width or 0) + GAP for column in table.columns) - GAP <= width:
            break
        table = _table([{title: cell for title, cell in row.items() if title not in left_out} for row in rows])
    return table


def _table(rows: Sequence[Row]) -> Table:
    """Return a table in which only definitions give way, to `LEAST_NAME`."""
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for title in rows[0]:
        natural = max(cell_len(cell) for row in rows for cell in (title, row[title]))
        is_cut = title == "Definition"
        table.add_column(
            title,
            justify="right" if title in {"Rows", "Bytes", "Size"} else "left",
            overflow="ellipsis",
            no_wrap=not is_cut,
            min_width=min(natural, LEAST_NAME) if is_cut else natural,
        )
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row.values()))
    return table


def _notes(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _telling_length(ids: Collection[str]) -> int:
    """Return how many characters of each id tell them apart, `LEAST_ID` or more."""
    lengths = range(LEAST_ID, WHOLE_ID)
    return next((length for length in lengths if len({each[:length] for each in ids}) == len(ids)), WHOLE_ID)


def _error(snapshot: Snapshot) -> str:
    return printable(" ".join(snapshot.error.message.split())) if snapshot.error else ""
