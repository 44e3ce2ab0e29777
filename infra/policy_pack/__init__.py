"""Rules that a stack must keep, for the Pulumi engine to ask before it changes anything.

`pulumi up --policy-pack` ──▶ **policy_pack** ◀── tests, on the recorded graph
"""
