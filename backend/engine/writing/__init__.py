"""From rows to the bytes of a file.

export ── `Rows` ──▶ **writing** ── bytes ──▶ upload
"""
