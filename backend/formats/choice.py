"""The choice of a writer by format.

engine ──▶ **open_writer** ──▶ csv, xlsx, parquet
"""

from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import Any

from backend.formats.file import Document, Write
from backend.formats.writer import Writer
from backend.protocol.formats import FORMATS

WRITERS: Mapping[str, Callable[[Document, Write], Writer[Any]]] = {
    each.id: resolve_name(each.writer) for each in FORMATS.values()
}
"""The writers by format, all loaded with this module: a worker's first report does not wait for one."""


def open_writer(name: str, document: Document, write: Write) -> Writer[Any]:
    """Begin a file of the format `name`."""
    return WRITERS[name](document, write)
