"""The commands of `reportwire`, one module each, and what they share.

main ──▶ **commands** ──▶ session, files, the local backend
"""
