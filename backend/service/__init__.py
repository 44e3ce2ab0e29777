"""The use cases, and the ports to what they need from outside.

router, worker, failures ──▶ **service** ──▶ ports ◀── aws, engine. Imports neither of them.
"""
