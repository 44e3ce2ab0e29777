"""The resources that the Pulumi program declares, recorded as data.

infra/*.py ──▶ **recording** ── graph ──▶ applying
"""
