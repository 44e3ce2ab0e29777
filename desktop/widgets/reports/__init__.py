"""The table of reports, its toolbar, and the details of the chosen one.

rows ──▶ **reports** ── what the analyst wants ──▶ main_window
"""
