"""The contents of a file besides its rows.

engine ── `Document` ──▶ a format's writer
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.catalog.query import ColumnStyle

Write = Callable[[bytes], None]
"""Append to the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a result."""

    name: str
    type: str
    """As DuckDB says it: `BIGINT`, `DECIMAL(12,2)`, `TIMESTAMP WITH TIME ZONE`, `VARCHAR[]`."""
    style: ColumnStyle = field(default_factory=ColumnStyle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file but for its rows; `columns` are those that the query turned out to have."""

    title: str
    columns: tuple[Column, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[tuple[str, str], ...] = ()
    """Label and text: parameters in words, when the file was made."""
