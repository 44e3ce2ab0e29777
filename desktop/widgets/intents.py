"""Intents of the analyst, as values.

widgets ── `Intent` ──▶ main_window ──▶ app, which does it
"""

from pathlib import Path

from msgspec import Struct

from backend.protocol.messages import GenerateReport
from desktop.wording.reports.arrangement import Arrangement


class Generate(Struct, frozen=True):
    """A report. `request.report_id` is None: the app picks one."""

    request: GenerateReport
    saves: bool = False
    """Whether its file is saved as soon as there is one."""


class Select(Struct, frozen=True):
    """A look at some reports; `current` is the one that the keyboard is at."""

    report_ids: frozenset[str]
    current: str | None


class Arrange(Struct, frozen=True):
    """Other rows in the list, or another order of them."""

    arrangement: Arrangement


class LoadPreview(Struct, frozen=True):
    """The first rows of a report."""

    report_id: str


class Cancel(Struct, frozen=True):
    """That reports be stopped, and of those that are being saved the downloads."""

    report_ids: tuple[str, ...]


class Remove(Struct, frozen=True):
    """That reports be shown no more."""

    report_ids: tuple[str, ...]


class Undo(Struct, frozen=True):
    """That the last cancel or removal not be."""


class BringBack(Struct, frozen=True):
    """All reports back in the list that were removed from it."""


class CopyLink(Struct, frozen=True):
    """A report's link on the clipboard."""

    report_id: str


class CopyText(Struct, frozen=True):
    """A text on the clipboard, and what to say of it."""

    text: str
    notice: str = ""


class SaveFile(Struct, frozen=True):
    """A report's file, saved as `path`."""

    report_id: str
    path: Path


class SaveIn(Struct, frozen=True):
    """The files of reports, saved under names of their own in a folder; None is the folder for files."""

    report_ids: tuple[str, ...]
    folder: Path | None = None


class SaveAs(Struct, frozen=True):
    """The files of reports, at a place that is asked for first."""

    report_ids: tuple[str, ...]


class Pause(Struct, frozen=True):
    """That downloads halt, or go on."""

    report_ids: tuple[str, ...]


class OpenFile(Struct, frozen=True):
    """A saved file in its program."""

    report_id: str
    path: Path


class ShowFolder(Struct, frozen=True):
    """The folder of a saved file."""

    report_id: str
    path: Path


class ChooseFolder(Struct, frozen=True):
    """A folder in which files are saved from now on."""

    folder: Path


class RunAgain(Struct, frozen=True):
    """The same report once more."""

    report_id: str


class EditAndRun(Struct, frozen=True):
    """A report's request in the form."""

    report_id: str


class CopySupport(Struct, frozen=True):
    """Details for support on the clipboard."""


class Retry(Struct, frozen=True):
    """Another attempt to connect, now."""


class SignIn(Struct, frozen=True):
    """A sign-in in the browser."""


class CancelSignIn(Struct, frozen=True):
    """That the browser be waited for no more."""


class SignOut(Struct, frozen=True):
    """That whoever is signed in be so no more."""


class Close(Struct, frozen=True):
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
    | BringBack
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
    | SignIn
    | CancelSignIn
    | SignOut
    | Close
)
