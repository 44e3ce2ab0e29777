"""File formats: how the rows of a query become the bytes of a file, streamed.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **formats** ── bytes of the file ──▶ upload
"""
