"""The status bar: messages, what is under way, the connection.

`StatusView` ──▶ **status** ── what the analyst wants ──▶ main_window
"""
