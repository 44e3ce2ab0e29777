"""The list of reports: its rows, columns, filters and empty states.

rows ──▶ **reports** ── what the analyst wants ──▶ main_window
"""
