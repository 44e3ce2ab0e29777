"""How callers learn of changes that nobody pushes to them: they ask again, wait for an answer, or listen.

web ──▶ **following** ──▶ the rows, read again and again
"""
