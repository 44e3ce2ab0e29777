"""The steps of a connection's test in a terminal.

actions.doctor ──▶ **steps** ──▶ terminal
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from backend.protocol.printable import printable
from desktop.commands.output.lines import print_line
from desktop.wording.examination import Outcome, Step

COLORS: Mapping[str, str] = {Outcome.PASSED: "green", Outcome.WARNING: "yellow", Outcome.FAILED: "red"}


def print_steps(steps: Iterable[Step]) -> None:
    """Print the steps of a test, each in a line."""
    for step in steps:
        print_line(f"{step.outcome:8} {step.title:15} {step.figure:>8}  {' '.join(step.sentence.split())}")


@contextmanager
def showing_steps() -> Iterator[Callable[[Iterable[Step]], None]]:
    """Yield a function that shows the steps of a test as they stand, in place."""
    with Live(auto_refresh=False, vertical_overflow="visible") as live:
        yield lambda steps: live.update(_table_of(steps), refresh=True)


def _table_of(steps: Iterable[Step]) -> Table:
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
