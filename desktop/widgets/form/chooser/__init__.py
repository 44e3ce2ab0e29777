"""The choice of a report by words.

catalog ──▶ **chooser** ── a definition's id ──▶ report_form
"""
