"""The engine for reports whose data is too large for one worker, and the tables by which it finds the datasets.

settings, storage ──▶ **distributed** ──▶ the worker's variables and permissions
"""
