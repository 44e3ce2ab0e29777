"""Making a report: the worker's part of the service.

worker ──▶ **making** ──▶ engine, store, announcing
"""
