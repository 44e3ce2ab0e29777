"""MiniStack as a child process that serves this start's callers alone.

backend ──▶ **emulator** ──▶ MiniStack
"""
