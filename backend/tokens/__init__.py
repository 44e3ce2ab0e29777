"""Tokens of OpenID Connect: whether one is true, and whose it is.

authorizer ── token ──▶ **tokens** ──▶ `Identity`
"""
