"""Messages to and from the service, over connections that fail and are opened again.

session ── requests ──▶ **transport** ──▶ service          service ── messages ──▶ **transport** ── events ──▶ session
"""
