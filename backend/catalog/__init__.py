"""Report definitions: what can be asked for. Knows no DuckDB and no AWS.

reports ──▶ **catalog** ──▶ answering (describes), submission (checks), execution (runs)
"""
