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
from desktop.wording.pane.happenings import NOTHING_HEARD, Heard, hear
from desktop.wording.pane.view import PaneView, nothing_selected, present_pane
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
    pane: PaneView
    heard: Heard
    """What was heard of each report while the window was there."""
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
    heard = NOTHING_HEARD
    if before:
        seen, sees = (before.desk.session, before.desk.downloads), (session, desk.downloads)
        heard = hear(before.heard, seen, sees, now)
    pane = _present_pane(desk, chosen, heard, now)
    is_same_preview = before is not None and _preview_of(before.pane) == _preview_of(pane)
    known = before.desk.session if before else Session()
    return WindowView(
        desk=desk,
        connection=describe(session, now_s),
        catalog=session.catalog,
        built=built,
        rows=rows,
        chosen=chosen,
        pane=pane,
        heard=heard,
        is_preview_new=pane.is_preview_wanted and not is_same_preview,
        notice=session.notice if session.notice and session.notice is not known.notice else "",
        wrong_fields=_wrong_fields(session, known),
    )


def _present_pane(desk: Desk, chosen: ReportRow | None, heard: Heard, now: datetime) -> PaneView:
    entry = desk.session.entries.get(chosen.report_id) if chosen else None
    if entry is None:
        return nothing_selected()
    return present_pane(
        entry,
        now,
        definition=next((info for info in desk.session.catalog or () if info.id == entry.definition), None),
        previewed=desk.previews.get(entry.report_id),
        download=desk.downloads.get(entry.report_id),
        happened=heard.get(entry.report_id, ()),
    )


def _preview_of(pane: PaneView) -> str | None:
    return pane.report_id if pane.is_preview_wanted else None


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
