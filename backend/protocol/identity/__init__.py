"""Identities that neither side accepts.

desktop.sign_in, domain.caller ──▶ **identity**
"""
