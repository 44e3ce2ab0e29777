"""Queries that run on a distributed engine, and whose rows are then sorted, formatted and written here.

export's caller ──▶ **distributed** ──▶ a `Cluster`; its rows ──▶ DuckDB
"""
