"""The output of commands: lines and progress on standard error, results on standard output.

actions, program ──▶ **output** ──▶ `printable` ──▶ terminal
"""
