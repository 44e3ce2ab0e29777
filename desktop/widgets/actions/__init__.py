"""The window's actions: one QAction each, shared by menus, toolbar, context menu and keys.

what can be done ──▶ **actions** ── what the analyst does ──▶ main_window
"""
