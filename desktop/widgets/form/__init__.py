"""The form: which report, its parameters, its format.

catalog ──▶ **form** ── `GenerateReport` ──▶ main_window
"""
