"""The window, which is what opens without a command, where one can be shown.

program ──▶ **window** ──▶ start
"""
