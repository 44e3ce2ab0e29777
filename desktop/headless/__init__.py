"""Reports without a window: a session waits for one thing after another, and gives up in time.

commands, notebook ──▶ **headless** ──▶ session, transport, files, the local backend
"""
