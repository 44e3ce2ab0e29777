"""What an analyst wants to have again at the next start: parameter sets, connections, settings, the window as it was.

window, command line ── values ──▶ **keeping** ──▶ files in ~/.config/reportwire
"""
