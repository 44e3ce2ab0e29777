"""The conversation with the service: what is known, what happens, and what to say next.

window, command line, transport ── event ──▶ **session** ── requests ──▶ transport
"""
