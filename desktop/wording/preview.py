"""The first rows of a report as the analyst reads them.

`ReportRow`, `Previewed` ──▶ **present_preview** ──▶ preview_pane;  cell ──▶ **say_cell** ──▶ preview_model
"""

from dataclasses import dataclass

from backend.protocol.preview import Cell, Preview
from desktop.files.preview_status import Loading, Previewed, Unavailable
from desktop.wording.reports.report_row import ReportRow

EMPTY = Preview(columns=(), rows=(), row_count=0)


@dataclass(frozen=True, slots=True)
class PreviewView:
    """The contents of the preview pane."""

    caption: str = "Preview"
    preview: Preview = EMPTY
    message: str = ""
    """Stands where rows would."""
    report_id: str | None = None
    """The report whose preview this is, if it has one."""
    can_retry: bool = False


def present_preview(row: ReportRow | None, previewed: Previewed | None) -> PreviewView:
    """Return what to show of a row's report."""
    if row is None or not row.has_preview:
        return PreviewView(message=row.preview_note if row else "")
    match previewed:
        case Preview():
            message = "" if previewed.rows else "The report has no rows."
            return PreviewView(f"Preview · {say_extent(previewed)}", previewed, message, row.report_id)
        case Unavailable(reason):
            return PreviewView(message=reason, report_id=row.report_id, can_retry=True)
        case Loading() | None:
            return PreviewView(message="Loading the first rows…", report_id=row.report_id)


def say_cell(cell: Cell) -> str:
    """Return a cell in one line; None is an empty text."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return " ".join(cell.splitlines()).replace("\t", " ") if not cell.isprintable() else cell
        case _:
            return str(cell)


def say_extent(preview: Preview) -> str:
    """Return in words how much of the report is shown: "First 200 of 336,776 rows", "All 12 rows"."""
    shown, count = len(preview.rows), preview.row_count
    if shown < count:
        return f"First {shown:,} of {count:,} rows"
    return {0: "No rows", 1: "One row"}.get(count, f"All {count:,} rows")
