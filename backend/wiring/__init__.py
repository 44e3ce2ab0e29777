"""Composition roots of the functions: where the environment is read and clients are made.

environment ──▶ **wiring** ──▶ use cases with their adapters ──▶ router, worker, failures
"""
