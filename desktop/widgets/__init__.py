"""The analyst's window: layout and signals only.

session ──▶ **widgets** ──▶ eyes        hands ──▶ **widgets** ── signal ──▶ composition root. No I/O, no decisions.
"""
