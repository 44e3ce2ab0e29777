"""Parameters that an analyst wants to have again, kept in a file that the window and the command line share.

window, command line ── parameters, format ──▶ **keeping** ──▶ ~/.config/reportwire/parameter-sets.json
"""
