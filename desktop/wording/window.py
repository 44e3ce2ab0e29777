"""Everything the window shows, made from everything that is known.

app ── `Desk` ──▶ **present** ── `WindowView` ──▶ main_window, which hands out the parts
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from backend.protocol.messages import DefinitionInfo
from backend.protocol.refusals import PARAMETERS
from desktop.files.download import Download
from desktop.files.preview_status import Previewed
from desktop.session.sign_in_status import SignInStatus
from desktop.session.state import Entry, Session
from desktop.wording.connection import ConnectionText, describe
from desktop.wording.form.orders import RequestKey, key_of
from desktop.wording.language import tr
from desktop.wording.pane.happenings import NOTHING_HEARD, Heard
from desktop.wording.pane.view import PaneView, present_pane
from desktop.wording.reports.arrangement import Arrangement, Chip, arrange, count_chips, passes, stay_in_place
from desktop.wording.reports.counts import say_counts, say_title
from desktop.wording.reports.empty import EmptyText, say_empty
from desktop.wording.reports.offers import ActionId, offered
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.reports.report_state import Shown
from desktop.wording.reports.row_builder import NONE, Rows, Sources, build_rows

OF_THE_CONNECTION = (ActionId.RECONNECT, ActionId.SIGN_IN, ActionId.COPY_ADDRESS, ActionId.SIGN_OUT)
OF_THE_DESK = frozenset({ActionId.UNDO, ActionId.SHOW_REMOVED, *OF_THE_CONNECTION})
"""Actions that depend on more than the rows."""


class Desk(Struct, frozen=True, kw_only=True):
    """Everything known at one moment."""

    session: Session = field(default_factory=Session)
    downloads: Mapping[str, Download] = field(default_factory=lambda: MappingProxyType({}))
    previews: Mapping[str, Previewed] = field(default_factory=lambda: MappingProxyType({}))
    stops_at: Mapping[str, datetime] = field(default_factory=lambda: NONE)
    """By report: when a cancel that can still be undone goes out."""
    removed: AbstractSet[str] = frozenset()
    selected: frozenset[str] = frozenset()
    """The reports that are selected, or asked for last."""
    current: str | None = None
    """The one of them that the keyboard is at."""
    left_out: frozenset[str] = frozenset()
    """The reports that were selected until a filter left them out."""
    arrangement: Arrangement = field(default_factory=Arrangement)
    profile: str | None = None
    """The name of the connection; None for a service on this computer."""
    can_undo: bool = False
    sign_in: SignInStatus | None = None
    """How the sign-in stands, of a connection to which people sign in, in the browser."""
    heard: Heard = field(default_factory=lambda: NOTHING_HEARD)

    @property
    def still_removed(self) -> AbstractSet[str]:
        """Return the reports that were removed from the list and are still known."""
        return self.removed & self.session.entries.keys()


class WrongFields(Struct, frozen=True):
    """Parameters that the service refused: the report's definition, and what is wrong by parameter."""

    definition: str
    reasons: Mapping[str, str]


class WindowView(Struct, frozen=True, kw_only=True):
    """Everything the window shows. `notice` and `wrong_fields` are news, absent from the next view."""

    desk: Desk
    """The desk it was made from."""
    now: datetime
    title: str
    connection: ConnectionText
    profile: str
    catalog: tuple[DefinitionInfo, ...] | None
    rows: Rows
    listed: tuple[ReportRow, ...]
    """The rows that the list shows, in its order."""
    chips: Mapping[Chip, int]
    selected: tuple[ReportRow, ...]
    chosen: ReportRow | None
    """The selected row, if there is just one."""
    offered: AbstractSet[ActionId]
    empty: EmptyText | None
    counts: str
    is_connected: bool
    asked: str | None
    """The report that was asked for here last, until another is selected."""
    pane: PaneView
    is_preview_new: bool
    """Whether the report whose preview is to be shown is another one, or has one only now."""
    orders: Mapping[str, RequestKey]
    """The orders of the reports that have not ended, by report, and below without the reports."""
    under_way: frozenset[RequestKey]
    is_running: bool
    """Whether one of the listed reports is running."""
    is_moving: bool
    """Whether something changes from second to second."""
    notice: str = ""
    wrong_fields: WrongFields | None = None


def now_here() -> datetime:
    """Return the time, aware, in the time zone of the analyst."""
    return datetime.now(UTC).astimezone()


def choose(desk: Desk, report_ids: frozenset[str], current: str | None) -> Desk:
    """Return the desk after other reports were selected."""
    return replace(desk, selected=report_ids, current=current, left_out=frozenset())


def rearrange(desk: Desk, arrangement: Arrangement, view: WindowView | None) -> Desk:
    """Return the desk after the analyst chose another arrangement, `view` being what was shown until then.

    A row that changes stays while it is selected. Here not the rows change but what is looked for, so that of the
    selected ones only those stay selected that pass; the others are selected again once they pass.
    """
    before = desk.arrangement
    if view is None or (before.chip, before.search.split()) == (arrangement.chip, arrangement.search.split()):
        return replace(desk, arrangement=arrangement)
    chosen = desk.left_out.union(row.report_id for row in view.selected)
    rows = [row for report_id, row in view.rows.by_id.items() if report_id in chosen]
    selected = frozenset(row.report_id for row in rows if passes(row, arrangement))
    current = desk.current if desk.current in selected else None
    return replace(desk, arrangement=arrangement, selected=selected, current=current, left_out=chosen - selected)


def present(desk: Desk, now_s: float, now: datetime, before: WindowView | None = None) -> WindowView:
    """Return what to show now, after `before`.

    `now_s` is on the session's monotonic clock; `now` is aware, in the time zone of the analyst.
    """
    session = desk.session
    rows = build_rows(
        Sources(session, desk.downloads, desk.stops_at, desk.removed), now, before.rows if before else None
    )
    selected = _selected(desk, rows, before)
    listed = _list(desk, rows, selected, before)
    has_same_states = before is not None and rows.states == before.rows.states
    if before is not None and has_same_states:
        chips, counts, title = before.chips, before.counts, before.title
    else:
        chips, counts, title = count_chips(rows.by_id.values()), say_counts(rows.by_id.values()), _title(rows)
    is_same = has_same_states and before is not None and selected == before.selected
    possible = before.offered - OF_THE_DESK if before and is_same else offered(selected, rows.by_id.values())
    connection = describe(session, now_s, desk.sign_in)
    known = before.desk.session if before else Session()
    is_list_same = before is not None and listed is before.listed
    is_running = before.is_running if before and is_list_same else any(row.shown is Shown.RUNNING for row in listed)
    orders = _orders(session, before)
    pane = _present_pane(desk, selected, now)
    return WindowView(
        desk=desk,
        now=now,
        title=title,
        connection=connection,
        profile=desk.profile or tr("This computer"),
        catalog=session.catalog,
        rows=rows,
        listed=listed,
        chips=chips,
        selected=selected,
        chosen=selected[0] if len(selected) == 1 else None,
        offered=possible | _more_offers(desk, connection),
        empty=say_empty(
            shown=len(listed),
            known=len(rows.by_id),
            is_listed=session.is_listed,
            connection=connection,
            removed=len(desk.still_removed),
        ),
        counts=counts,
        is_connected=rows.offline_since is None,
        asked=_newly_there(desk, rows, before),
        pane=pane,
        is_preview_new=pane.is_preview_wanted and not (before and _has_preview(before.pane, pane)),
        orders=orders,
        under_way=before.under_way if before and orders is before.orders else frozenset(orders.values()),
        is_moving=not connection.is_settled
        or bool(desk.stops_at)
        or is_running
        or session.unanswered_since is not None,
        is_running=is_running,
        notice=session.notice if session.notice and session.notice is not known.notice else "",
        wrong_fields=_wrong_fields(session, known),
    )


def _present_pane(desk: Desk, selected: tuple[ReportRow, ...], now: datetime) -> PaneView:
    row = selected[0] if len(selected) == 1 else None
    entry = desk.session.entries.get(row.report_id) if row else None
    if row is None or entry is None:
        return present_pane(None, now, selected=len(selected))
    return present_pane(
        entry,
        now,
        definition=next((each for each in desk.session.catalog or () if each.id == row.definition), None),
        title=row.title,
        previewed=desk.previews.get(row.report_id),
        download=desk.downloads.get(row.report_id),
        happened=desk.heard.get(row.report_id, ()),
    )


def _has_preview(before: PaneView, pane: PaneView) -> bool:
    return before.is_preview_wanted and before.report_id == pane.report_id


def _orders(session: Session, before: WindowView | None) -> Mapping[str, RequestKey]:
    """Return the orders of the reports that have not ended; that of a report changes only with its first answer."""
    known = before.desk.session if before else Session()
    if before and known.entries is session.entries and known.catalog is session.catalog:
        return before.orders
    definitions = {info.id: info for info in session.catalog or ()}
    orders = before.orders if before and known.catalog is session.catalog else {}
    asked = {
        report_id: orders[report_id]
        if report_id in orders and _is_answered(known.entries.get(report_id)) == _is_answered(entry)
        else key_of(order, definitions[entry.definition])
        for report_id, entry in session.entries.items()
        if entry.is_open and entry.definition in definitions and (order := entry.snapshot or entry.request)
    }
    return orders if asked == orders else asked


def _is_answered(entry: Entry | None) -> bool:
    return entry is not None and entry.snapshot is not None


def _newly_there(desk: Desk, rows: Rows, before: WindowView | None) -> str | None:
    """Return the current report if it is that only now, or has a row only now."""
    current = desk.current
    is_known = before is not None and before.desk.current == current and current in before.rows.by_id
    return current if current in rows.by_id and not is_known else None


def _more_offers(desk: Desk, connection: ConnectionText) -> AbstractSet[ActionId]:
    offers = set()
    if desk.still_removed:
        offers.add(ActionId.SHOW_REMOVED)
    if desk.can_undo:
        offers.add(ActionId.UNDO)
    if connection.can_retry and not connection.is_in_browser:
        offers.add(ActionId.RECONNECT)
    if desk.sign_in and not desk.sign_in.is_in_browser:
        offers.add(ActionId.SIGN_OUT if desk.sign_in.who else ActionId.SIGN_IN)
    if connection.wants_sign_in:
        offers.add(ActionId.SIGN_IN)
    if connection.address:
        offers.add(ActionId.COPY_ADDRESS)
    return offers


def _title(rows: Rows) -> str:
    """Return the title, which is the same whatever the list leaves out."""
    return say_title(sum(row.is_under_way for row in rows.by_id.values()))


def _list(desk: Desk, rows: Rows, selected: tuple[ReportRow, ...], before: WindowView | None) -> tuple[ReportRow, ...]:
    """Return the rows that the list shows; those of before, renewed, where none of them moves, comes or goes."""
    if before and _lists_same(before.desk, desk):
        if rows is before.rows:
            return before.listed
        if stay_in_place(before.rows.by_id, rows.by_id, desk.arrangement):
            return tuple(rows.by_id[row.report_id] for row in before.listed)
    return arrange(rows.by_id.values(), desk.arrangement, frozenset(row.report_id for row in selected))


def _lists_same(before: Desk, desk: Desk) -> bool:
    """Return whether the same rows are listed in the same order: a filter keeps those that are selected."""
    is_kept_same = not desk.arrangement.is_filtered or before.selected == desk.selected
    return before.arrangement == desk.arrangement and is_kept_same


def _selected(desk: Desk, rows: Rows, before: WindowView | None) -> tuple[ReportRow, ...]:
    """Return the selected rows; until those are there, the ones shown before, or what is in the place of those."""
    chosen = tuple(row for report_id, row in rows.by_id.items() if report_id in desk.selected)
    if chosen or not (before and before.selected):
        return chosen
    if desk.selected != before.desk.selected and not desk.selected:
        return ()
    stayed = tuple(rows.by_id[row.report_id] for row in before.selected if row.report_id in rows.by_id)
    if stayed:
        return stayed
    places = [row.report_id for row in before.listed]
    place = places.index(before.selected[0].report_id) if before.selected[0].report_id in places else 0
    there = [report_id for report_id in places if report_id in rows.by_id]
    after = [report_id for report_id in places[place:] if report_id in rows.by_id]
    following = after[0] if after else there[-1] if there else None
    return (rows.by_id[following],) if following else ()


def _wrong_fields(session: Session, known: Session) -> WrongFields | None:
    """Return what was wrong with the parameters of a report that was refused since then."""
    if session.entries is known.entries:
        return None
    for entry in session.entries.values():
        fields = entry.refusal.fields if entry.refusal else None
        if not fields:
            continue
        wrong = {
            place.removeprefix(PARAMETERS): reason for place, reason in fields.items() if place.startswith(PARAMETERS)
        }
        before = known.entries.get(entry.report_id)
        if wrong and not (before and before.refusal):
            return WrongFields(entry.definition, wrong)
    return None
