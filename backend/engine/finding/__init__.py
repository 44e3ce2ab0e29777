"""From a query to the rows of its result.

export ── `Query` ──▶ **finding** ── `Rows` ──▶ writing
"""
