"""Everything the window shows, made from everything that is known.

app ── `Desk` ──▶ **present** ── `WindowView` ──▶ main_window, which hands out the parts
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from backend.protocol.messages import DefinitionInfo
from backend.protocol.refusals import PARAMETERS
from desktop.files.download import Download
from desktop.files.preview_status import Previewed
from desktop.session.state import Session
from desktop.wording.connection import ConnectionText, describe
from desktop.wording.preview import PreviewView, present_preview
from desktop.wording.report_row import ReportRow
from desktop.wording.row_builder import NO_ROWS, Rows, build_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything known at one moment."""

    session: Session = field(default_factory=Session)
    downloads: Mapping[str, Download] = field(default_factory=lambda: MappingProxyType({}))
    previews: Mapping[str, Previewed] = field(default_factory=lambda: MappingProxyType({}))
    chosen: str | None = None
    """The id of the report that was chosen or asked for last."""


@dataclass(frozen=True, slots=True)
class WrongFields:
    """Parameters that the service refused: the report's definition, and what is wrong by parameter."""

    definition: str
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowView:
    """Everything the window shows. `notice` and `wrong_fields` are news, absent from the next view."""

    desk: Desk
    """The desk it was made from."""
    connection: ConnectionText
    catalog: tuple[DefinitionInfo, ...] | None
    built: Rows
    rows: tuple[ReportRow, ...]
    chosen: ReportRow | None
    preview: PreviewView
    is_preview_new: bool
    """Whether the report whose preview is shown is another one, or has one only now."""
    notice: str = ""
    wrong_fields: WrongFields | None = None


def present(desk: Desk, now_s: float, now: datetime, before: WindowView | None = None) -> WindowView:
    """Return what to show now, after `before`.

    `now_s` is on the session's monotonic clock; `now` is aware, in the time zone of the analyst.
    """
    session = desk.session
    built = build_rows(session, desk.downloads, now, before.built if before else NO_ROWS)
    rows = tuple(each.row for each in built.values())
    chosen = _chosen(desk, built, before)
    preview = present_preview(chosen, desk.previews.get(chosen.report_id) if chosen else None)
    is_same_preview = before is not None and before.preview.report_id == preview.report_id
    known = before.desk.session if before else Session()
    return WindowView(
        desk=desk,
        connection=describe(session, now_s),
        catalog=session.catalog,
        built=built,
        rows=rows,
        chosen=chosen,
        preview=preview,
        is_preview_new=preview.report_id is not None and not is_same_preview,
        notice=session.notice if session.notice and session.notice is not known.notice else "",
        wrong_fields=_wrong_fields(session, known),
    )


def _chosen(desk: Desk, built: Rows, before: WindowView | None) -> ReportRow | None:
    """Return the row that the analyst chose; until that is there, the one shown before, or what is in its place."""
    shown = before.chosen.report_id if before and before.chosen else None
    for report_id in (desk.chosen, shown):
        if report_id is not None and report_id in built:
            return built[report_id].row
    place = list(before.built).index(shown) if before and shown else 0
    rows = list(built.values())
    return rows[min(place, len(rows) - 1)].row if rows else None


def _wrong_fields(session: Session, known: Session) -> WrongFields | None:
    """Return what was wrong with the parameters of a report that was refused since then."""
    if session.entries is known.entries:
        return None
    for entry in session.entries.values():
        fields = (entry.refusal.fields if entry.refusal else None) or {}
        wrong = {
            place.removeprefix(PARAMETERS): reason for place, reason in fields.items() if place.startswith(PARAMETERS)
        }
        before = known.entries.get(entry.report_id)
        if wrong and not (before and before.refusal):
            return WrongFields(entry.definition, wrong)
    return None
