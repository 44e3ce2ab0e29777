"""The output of the command line: progress on standard error, tables on standard output.

commands ──▶ **terminal** ──▶ `printable` ──▶ terminal
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import msgspec

from backend.protocol.messages import DefinitionInfo, Snapshot
from backend.protocol.printable import printable, printable_json
from desktop.session.connection_status import Connecting, Waiting
from desktop.session.state import Session
from desktop.wording import numbers
from desktop.wording.catalog import describe_definition, describe_options
from desktop.wording.examination import Outcome, Step

if TYPE_CHECKING:  # each function that draws loads Rich itself: to print a line takes none of it
    from rich.progress import TaskID
    from rich.table import Table

WIDTH_ELSEWHERE = 200
"""Columns of a table that goes to a file or another program."""
COLORS: Mapping[str, str] = {Outcome.PASSED: "green", Outcome.WARNING: "yellow", Outcome.FAILED: "red"}
WIDTH_OF_TABLE = 110
"""Columns of a table of reports, short errors included."""


class ReportProgress:
    """Shows one report: a bar in a terminal, a line for each new stage elsewhere."""

    def __init__(self, report_id: str) -> None:
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        self._text = Text
        self._report_id = report_id
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[counts]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._said = ""

    def __enter__(self) -> Self:
        """Begin to show it."""
        self._bar.start()
        self._task = self._bar.add_task("Connecting", total=None, counts="")
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()

    def show(self, session: Session) -> None:
        """Show how the report stands."""
        entry = session.entries.get(self._report_id)
        snapshot = entry.snapshot if entry else None
        description = printable(_headline(session, snapshot))
        completed, total, counts = _figures(snapshot)
        if self._task is not None:
            self._bar.update(
                self._task, description=description, completed=completed, total=total, counts=printable(counts)
            )
        if not self._console.is_terminal and description != self._said:
            self._console.print(self._text(description))
        self._said = description


def _headline(session: Session, snapshot: Snapshot | None) -> str:
    match session.connection:
        case Waiting(reason=reason):
            return f"{reason} Trying again"
        case Connecting():
            return "Connecting"
    if snapshot is None:
        return "Sending"
    if snapshot.progress is None:
        return snapshot.state.capitalize()
    return numbers.say_stage(snapshot.progress.stage)


def _figures(snapshot: Snapshot | None) -> tuple[int, int | None, str]:
    progress = snapshot.progress if snapshot else None
    if progress is None:
        return 0, None, ""
    counts = numbers.say_progress(progress)
    return progress.completed, progress.total, counts


def say(message: str) -> None:
    """Print what is under way, in one line on standard error."""
    sys.stderr.write(f"{printable(message)}\n")
    sys.stderr.flush()


def complain(message: str) -> None:
    """Print an error, in one line on standard error."""
    sys.stderr.write(f"reportwire: {printable(' '.join(message.split()))}\n")


def print_line(text: str) -> None:
    """Print a line on standard output."""
    sys.stdout.write(printable(text) + "\n")


def print_json(value: object) -> None:
    """Print a value as JSON, in one line."""
    sys.stdout.write(printable_json(msgspec.json.encode(value).decode()) + "\n")


def print_catalog(definitions: Iterable[DefinitionInfo]) -> None:
    """Print what can be generated, with parameters and formats: folded in a terminal, a line for each elsewhere."""
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

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
    from rich.console import Console  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

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


def print_steps(steps: Iterable[Step]) -> None:
    """Print the steps of a test, each in a line."""
    for step in steps:
        print_line(f"{step.outcome:8} {step.title:15} {step.figure:>8}  {' '.join(step.sentence.split())}")


@contextmanager
def showing_steps() -> Iterator[Callable[[Iterable[Step]], None]]:
    """Yield a function that shows the steps of a test as they stand, in place."""
    from rich.live import Live  # noqa: PLC0415

    with Live(auto_refresh=False, vertical_overflow="visible") as live:
        yield lambda steps: live.update(_table_of(steps), refresh=True)


def _table_of(steps: Iterable[Step]) -> "Table":
    from rich.table import Column, Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(Column(no_wrap=True), Column(no_wrap=True), Column(no_wrap=True, justify="right"), "", box=None)
    table.show_header, table.pad_edge = False, False
    for step in steps:
        color = COLORS.get(step.outcome, "")
        table.add_row(
            Text(step.outcome, color),
            step.title,
            Text(printable(step.figure)),
            Text(printable(step.sentence), "" if step.outcome is Outcome.PASSED else color),
        )
    return table
