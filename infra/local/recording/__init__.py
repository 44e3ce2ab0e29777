"""What the Pulumi program declares, recorded as data.

infra/*.py ──▶ **recording** ── graph ──▶ applying
"""
