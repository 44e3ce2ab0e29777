"""The HTTP door, version 1: requests in, answers out, with the caching, the conditions and the errors of HTTP.

http_router ── event ──▶ **web** ──▶ service ──▶ **web** ── answer ──▶ http_router
"""
