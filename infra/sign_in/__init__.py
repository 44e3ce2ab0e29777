"""Sign-in by OpenID Connect: whose tokens count, and how the APIs have them checked.

settings ──▶ **sign_in** ──▶ backend_functions, the APIs, access
"""
