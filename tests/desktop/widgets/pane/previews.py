"""Previews that the tests of the pane show."""

from typing import Any

from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.preview import Cell, Preview, PreviewColumn, Summary
from desktop.session.state import Entry
from desktop.wording.pane.view import PaneView, present_pane
from tests.desktop.conftest import NOW, EntryFactory

COLUMNS = (("Day", "date"), ("Carrier", "text"), ("Flights", "integer"), ("Mean", "decimal"), ("Late", "boolean"))
ROWS: tuple[tuple[Cell, ...], ...] = (
    ("2013-01-01", "AA", 842, "12.50", True),
    ("2013-01-02", "", None, None, None),
    ("2013-01-03", "UA", 12_000, "7.25", False),
)


def make(rows: tuple[tuple[Cell, ...], ...] = ROWS, columns: Any = COLUMNS, count: int | None = None) -> Preview:
    named = tuple(PreviewColumn(name=name, type=kind) for name, kind in columns)
    return Preview(columns=named, rows=rows, row_count=len(rows) if count is None else count)


def counted(count: int) -> Preview:
    """Return a preview whose columns the service counted."""
    preview, summary = make(count=count), Summary(filled=count, empty=0, distinct=1)
    return replace(preview, columns=tuple(replace(column, summary=summary) for column in preview.columns))


def view_of(entry: Entry, **changes: Any) -> PaneView:
    return present_pane(entry, NOW, **changes)


def with_preview(known: EntryFactory, number: int = 1, **changes: Any) -> Entry:
    """Return an entry of a report that is ready, and whose preview can be loaded."""
    entry = known(number, State.SUCCEEDED, **changes)
    assert entry.snapshot is not None
    assert entry.snapshot.link is not None
    link = replace(entry.snapshot.link, preview_url="https://bucket.test/preview.json?X-Amz-Signature=1")
    return known(number, State.SUCCEEDED, **(changes | {"link": link}))
