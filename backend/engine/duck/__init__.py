"""DuckDB in a sandbox: what it may read, where it writes, what it spills to, and how it is stopped.

finding, writing ──▶ **duck** ──▶ DuckDB
"""
