"""A report definition: its parameters, its formats, and the code that makes its file.

reports/*.py, reports/*.sql ──▶ **Definition** ──▶ catalog ──▶ submission (checks), execution (runs)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from backend.catalog import relative_dates
from backend.catalog.query import Query
from backend.protocol.formats import FORMATS, offered_options
from backend.protocol.messages import DefinitionInfo, Progress
from backend.protocol.parameters import Schema
from backend.protocol.ranges import with_ranges


class Run(Protocol):
    """One execution of a definition, as the definition sees it."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters, checked and complete."""

    @property
    def format(self) -> str:
        """One of the definition's formats."""

    def progress(self, progress: Progress) -> None:
        """Report progress; cheap, call it often. Its exceptions stop the run, so let them pass."""

    def wait(self, seconds: float) -> None:
        """Sleep."""

    def write(self, data: bytes) -> None:
        """Append to the file."""

    def export(self, query: Query) -> int:
        """Write the file from a query, whatever its format, with a preview; return the number of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A report that can be asked for. The first of `formats` is the default."""

    id: str
    title: str
    description: str
    parameters: Schema
    """A JSON Schema, but that the default of a date may be `{"relative": …}`, one of `relative_dates`."""
    formats: tuple[str, ...]
    run: Callable[[Run], int]
    """Writes the file and returns the number of its rows, without a header. Raises `DefinitionFailed`."""
    groups: frozenset[str] = frozenset()
    """Those in one of these groups see the report and may ask for it; without any, everybody does."""

    def __post_init__(self) -> None:
        unknown = set(self.formats) - FORMATS.keys()
        if unknown or not self.formats:
            raise ValueError(f"{self.id}: no such format: {', '.join(sorted(unknown)) or 'none at all'}")

    def schema(self, today: date) -> Schema:
        """Return the JSON Schema of the parameters as it is on a day, with all ranges marked."""
        properties = {name: _dated(prop, today) for name, prop in self.parameters["properties"].items()}
        return with_ranges({**self.parameters, "properties": properties})

    def info(self, today: date) -> DefinitionInfo:
        """Return what clients are told."""
        return DefinitionInfo(
            id=self.id,
            title=self.title,
            description=self.description,
            parameters=dict(self.schema(today)),
            formats=self.formats,
            format_options={name: offered_options(name) for name in self.formats},
        )


Catalog = Mapping[str, Definition]
"""Definitions by id."""


def open_to(catalog: Catalog, groups: frozenset[str]) -> Catalog:
    """Return what somebody in these groups may know of: another report is as absent as one that never was."""
    return {name: each for name, each in catalog.items() if not each.groups or each.groups & groups}


def open_to_all(catalog: Catalog) -> Catalog:
    """Return every report as one for everybody: where nobody's groups are known."""
    return {name: replace(each, groups=frozenset()) for name, each in catalog.items()}


def groups_of(catalog: Catalog) -> tuple[str, ...]:
    """Return every group that a report is for, in order."""
    return tuple(sorted({group for each in catalog.values() for group in each.groups}))


def _dated(prop: Schema, today: date) -> Schema:
    match prop.get("default"):
        case {"relative": str(name)}:
            return {**prop, "default": relative_dates.resolve(name, today).isoformat()}
        case _:
            return prop
