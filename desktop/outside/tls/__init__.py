"""Encryption: whose certificate a service has, and which are trusted.

transport, http ──▶ **tls**
"""
