"""Profiles, and credentials for each attempt to connect.

profile ──▶ **sign_in** ──▶ transport
"""
