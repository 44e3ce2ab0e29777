"""File formats: rows to bytes, streamed."""

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8"}
