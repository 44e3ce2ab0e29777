"""Intents of the analyst, as values.

widgets ── `Intent` ──▶ main_window ──▶ app, which does it
"""

from dataclasses import dataclass
from pathlib import Path

from backend.protocol.messages import GenerateReport
from desktop.wording.reports.arrangement import Arrangement


@dataclass(frozen=True, slots=True)
class Generate:
    """A report. `request.report_id` is None: the app picks one."""

    request: GenerateReport
    saves: bool = False
    """Whether its file is saved as soon as there is one."""


@dataclass(frozen=True, slots=True)
class Select:
    """A look at some reports; `current` is the one that the keyboard is at."""

    report_ids: frozenset[str]
    current: str | None


@dataclass(frozen=True, slots=True)
class Arrange:
    """Other rows in the list, or another order of them."""

    arrangement: Arrangement


@dataclass(frozen=True, slots=True)
class LoadPreview:
    """The first rows of a report."""

    report_id: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """That reports be stopped."""

    report_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """That reports be shown no more."""

    report_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """That the last cancel or removal not be."""


@dataclass(frozen=True, slots=True)
class CopyLink:
    """A report's link on the clipboard."""

    report_id: str


@dataclass(frozen=True, slots=True)
class CopyText:
    """A text on the clipboard, and what to say of it."""

    text: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class SaveFile:
    """A report's file, saved as `path`."""

    report_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class SaveIn:
    """The files of reports, saved under names of their own in a folder; None is the folder for files."""

    report_ids: tuple[str, ...]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class SaveAs:
    """The files of reports, at a place that is asked for first."""

    report_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """That downloads halt, or go on."""

    report_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A saved file in its program."""

    report_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class ShowFolder:
    """The folder of a saved file."""

    report_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class ChooseFolder:
    """A folder in which files are saved from now on."""

    folder: Path


@dataclass(frozen=True, slots=True)
class RunAgain:
    """The same report once more."""

    report_id: str


@dataclass(frozen=True, slots=True)
class EditAndRun:
    """A report's request in the form."""

    report_id: str


@dataclass(frozen=True, slots=True)
class CopySupport:
    """Details for support on the clipboard."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Another attempt to connect, now."""


@dataclass(frozen=True, slots=True)
class Close:
    """The end. The window stays open until the app hides it."""

    is_sure: bool = False
    """Whether nobody is to be asked what will be lost."""


Intent = (
    Generate
    | Select
    | Arrange
    | LoadPreview
    | Cancel
    | Remove
    | Undo
    | CopyLink
    | CopyText
    | SaveFile
    | SaveIn
    | SaveAs
    | Pause
    | OpenFile
    | ShowFolder
    | ChooseFolder
    | RunAgain
    | EditAndRun
    | CopySupport
    | Retry
    | Close
)
