"""The window's look: colour tokens, one style sheet, text sizes, icons.

system's colour scheme and font, the analyst's choices ──▶ **theme** ──▶ every widget. Knows no report.
"""
