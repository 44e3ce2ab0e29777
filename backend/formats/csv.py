"""CSV as RFC 4180 has it: UTF-8, CRLF, quotes only where needed.

definition ── rows ──▶ **encode_rows** ── bytes ──▶ upload
"""

import csv
import io
from collections.abc import Iterable, Sequence


def encode_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Return the rows as lines. Source: https://www.rfc-editor.org/rfc/rfc4180#section-2."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
