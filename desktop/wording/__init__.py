"""How things are said to the analyst. Pure: no Qt, no clock, no I/O.

session, files ── values ──▶ **wording** ── texts and tones ──▶ widgets, terminal
"""
