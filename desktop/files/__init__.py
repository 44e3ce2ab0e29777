"""Finished reports on their way to this machine: links, downloads, previews.

session ── link ──▶ **files** ──▶ disk, window
"""
