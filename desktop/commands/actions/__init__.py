"""What each command does, loaded once it is chosen.

commands ── arguments ──▶ **actions** ──▶ headless, keeping ──▶ output, exit status
"""
