"""Parameters by name: those used last, the defaults, those the analyst saved.

saved sets ──▶ **sets** ── parameters to show, changes to keep ──▶ report_form
"""
