"""The author's folder: one file per report definition, in SQL or in Python.

reports ──▶ catalog.loading ──▶ catalog
"""
