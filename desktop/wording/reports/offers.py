"""What can be done now: the actions that make sense for the selected reports.

selected rows ──▶ **offered** ── ActionIds ──▶ window_actions
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum

from desktop.wording.reports.report_row import ReportRow
from desktop.wording.reports.report_state import Shown


class ActionId(StrEnum):
    """An action; the value is its name in the table of keys."""

    NEW = "new"
    GENERATE = "generate"
    SAVE_AS = "save-as"
    SAVE_IN = "save-in"
    PAUSE = "pause"
    OPEN = "open"
    FOLDER = "folder"
    AGAIN = "again"
    EDIT_AND_RUN = "edit-and-run"
    CANCEL = "cancel"
    REMOVE = "remove"
    CLEAR = "clear"
    QUIT = "quit"
    UNDO = "undo"
    COPY = "copy"
    COPY_LINK = "copy-link"
    COPY_DETAILS = "copy-details"
    SELECT_ALL = "select-all"
    FIND = "find"
    SETTINGS = "settings"
    FORM = "form"
    PANE = "pane"
    PREVIEW = "preview"
    CHART = "chart"
    SUMMARY = "summary"
    DETAILS = "details"
    SHOW_REMOVED = "show-removed"
    COLUMNS_RESET = "columns-reset"
    LARGER = "larger"
    SMALLER = "smaller"
    NORMAL = "normal"
    RECONNECT = "reconnect"
    CONNECTIONS = "connections"
    SIGN_IN = "sign-in"
    COPY_ADDRESS = "copy-address"
    SIGN_OUT = "sign-out"
    SUPPORT = "support"
    KEYS = "keys"
    LOG = "log"
    ABOUT = "about"
    NEXT_REGION = "next-region"
    PREVIOUS_REGION = "previous-region"
    CONTEXT_MENU = "context-menu"


A = ActionId
ALWAYS = frozenset(
    {
        *(A.NEW, A.QUIT, A.COPY, A.SELECT_ALL, A.FIND, A.SETTINGS, A.FORM, A.PANE, A.PREVIEW, A.CHART, A.SUMMARY),
        *(
            A.DETAILS,
            A.COLUMNS_RESET,
            A.CONNECTIONS,
            A.SUPPORT,
            A.KEYS,
            A.LOG,
            A.ABOUT,
            A.NEXT_REGION,
            A.PREVIOUS_REGION,
            A.CONTEXT_MENU,
        ),
    }
)
ENDED = (Shown.READY, Shown.SAVED, Shown.EXPIRED, Shown.FAILED, Shown.REFUSED, Shown.CANCELLED)


def offered(selected: Sequence[ReportRow], rows: Iterable[ReportRow]) -> AbstractSet[ActionId]:
    """Return what can be done with the selected reports, with all of them, and always."""
    possible = set(ALWAYS)
    checks = {
        A.SAVE_AS: any(row.can_save for row in selected),
        A.SAVE_IN: any(row.can_save for row in selected),
        A.PAUSE: any(row.is_on_the_way for row in selected),
        A.CANCEL: any(row.can_cancel for row in selected),
        A.REMOVE: any(has_ended(row) for row in selected),
        A.CLEAR: any(has_ended(row) for row in rows),
    }
    if len(selected) == 1:
        (row,) = selected
        checks |= {
            A.OPEN: row.saved_path is not None,
            A.FOLDER: row.saved_path is not None,
            A.AGAIN: bool(row.definition),
            A.EDIT_AND_RUN: bool(row.definition),
            A.COPY_LINK: row.has_link,
            A.COPY_DETAILS: True,
        }
    return possible | {action for action, is_possible in checks.items() if is_possible}


def has_ended(row: ReportRow) -> bool:
    """Return whether nothing more happens to a report by itself."""
    return row.shown in ENDED
