"""The pane below the list: the first rows of the selected report, a chart, a summary, details.

window ── `PaneView` ──▶ **pane** ──▶ eyes, clipboard
"""
