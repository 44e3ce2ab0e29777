"""What a report definition is: its parameters, its formats, and how its rows are made.

reports/*.py ──▶ **Definition** ──▶ catalog ──▶ submission (checks), execution (runs)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from backend.formats import CONTENT_TYPES
from backend.protocol.messages import DefinitionInfo
from backend.protocol.parameters import Schema


class Run(Protocol):
    """One execution of a definition, as the definition sees it."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters, checked and complete."""

    @property
    def format(self) -> str:
        """One of the definition's formats."""

    def progress(self, stage: str, completed: int, total: int | None, unit: str) -> None:
        """Say how far it is; cheap, call it often. Raises to stop the run, so let its exceptions pass."""

    def wait(self, seconds: float) -> None:
        """Sleep."""

    def write(self, data: bytes) -> None:
        """Append to the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A report that can be asked for. `parameters` is a JSON Schema, the first of `formats` the default."""

    id: str
    title: str
    description: str
    parameters: Schema
    formats: tuple[str, ...]
    run: Callable[[Run], int]
    """Writes the file and returns the number of its rows, without a header. Raises `DefinitionFailed`."""

    def __post_init__(self) -> None:
        unknown = set(self.formats) - CONTENT_TYPES.keys()
        if unknown or not self.formats:
            raise ValueError(f"{self.id}: no such format: {', '.join(sorted(unknown)) or 'none at all'}")

    @property
    def info(self) -> DefinitionInfo:
        """What clients are told."""
        return DefinitionInfo(
            id=self.id,
            title=self.title,
            description=self.description,
            parameters=dict(self.parameters),
            formats=self.formats,
        )


Catalog = Mapping[str, Definition]
"""Definitions by id."""


class DefinitionFailed(Exception):
    """The definition cannot make this report; the sentence is for the analyst."""
