"""The list of reports in words: rows, their columns and order, what can be done with them.

`Session`, downloads ──▶ **reports** ──▶ window ──▶ widgets
"""
