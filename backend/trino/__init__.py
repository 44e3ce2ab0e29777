"""Trino as a distributed engine, by its own protocol over HTTP.

engine ──▶ **trino** ──▶ a cluster that a company has
"""
