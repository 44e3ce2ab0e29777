"""What an operator configures, before it becomes settings.

engine's variable ──▶ **configuration** ──▶ settings
"""
