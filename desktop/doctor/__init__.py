"""What works from here to a service, and what does not? A test in eight steps, by the client's own ways.

profile ──▶ **doctor** ── steps ──▶ connections dialog, `reportwire doctor`
"""
