"""Answers that a function gives piece by piece, which Lambda's runtime for Python cannot.

Lambda ── start.sh ──▶ **bootstrap** ── event ──▶ events ── `StreamedAnswer` ──▶ **bootstrap** ──▶ Lambda
"""
