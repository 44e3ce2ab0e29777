"""EC2 instances that Lambda manages, for workers that take longer or need more than Lambda's own machines allow.

settings ──▶ **instances** ──▶ the worker's function
"""
