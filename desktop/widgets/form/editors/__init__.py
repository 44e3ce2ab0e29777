"""Editors for the kinds of parameters that a schema can have.

schema ── property ──▶ **editors** ── values, sentences ──▶ parameter_field
"""
