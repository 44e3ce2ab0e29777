"""What the pane below the list shows: the first rows, a chart, a summary, details.

`Entry`, `Previewed`, `Download` ──▶ **pane** ── `PaneView` ──▶ the pane's widgets. No Qt, no clock.
"""
