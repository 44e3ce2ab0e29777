"""Intents of the analyst, as values.

widgets ── `Intent` ──▶ main_window ──▶ app, which does it
"""

from dataclasses import dataclass
from pathlib import Path

from backend.protocol.messages import GenerateReport


@dataclass(frozen=True, slots=True)
class Generate:
    """A report. `request.report_id` is None: the app picks one."""

    request: GenerateReport


@dataclass(frozen=True, slots=True)
class Choose:
    """A look at a report."""

    report_id: str


@dataclass(frozen=True, slots=True)
class LoadPreview:
    """The first rows of a report."""

    report_id: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """That a report be stopped."""

    report_id: str


@dataclass(frozen=True, slots=True)
class Remove:
    """That a report that was refused or lost be shown no more."""

    report_id: str


@dataclass(frozen=True, slots=True)
class CopyLink:
    """A report's link on the clipboard."""

    report_id: str


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A report's link in the browser."""

    report_id: str


@dataclass(frozen=True, slots=True)
class SaveFile:
    """A report's file, saved as `path`."""

    report_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class ShowFolder:
    """The folder of a saved file."""

    path: Path


@dataclass(frozen=True, slots=True)
class Retry:
    """Another attempt to connect, now."""


@dataclass(frozen=True, slots=True)
class Close:
    """The end. The window stays open until the app hides it."""

    is_sure: bool = False
    """Whether nobody is to be asked what will be lost."""


Intent = Generate | Choose | LoadPreview | Cancel | Remove | CopyLink | OpenLink | SaveFile | ShowFolder | Retry | Close
