"""The conversation with the service, decided without I/O: what is known after an event, and what to say next.

window, CLI ── event ──▶ **step** ── request ──▶ client ──▶ service        service ──▶ client ── event ──▶ **step**

The row in the service is the truth. Everything said here is safe to say again: after every connect the session watches
what has not ended and asks again for what was never answered, so a message lost in either direction costs only time.
No socket, clock, randomness or Qt in this module; times are seconds of a monotonic clock the shell owns.
"""

from collections.abc import Iterable
from types import MappingProxyType
from typing import assert_never

from msgspec import UnsetType
from msgspec.structs import replace

from backend.protocol import quotas
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import (
    CancelReport,
    CatalogMessage,
    DescribeCatalog,
    ErrorCode,
    ErrorInfo,
    ErrorMessage,
    GenerateReport,
    ListReports,
    PongMessage,
    ReportMessage,
    ReportsMessage,
    Request,
    ServiceMessage,
    Snapshot,
    WatchReports,
)
from desktop.outside.patience import ANSWER_S, NEWS_S, SILENCE_S
from desktop.session.connection_status import Connected
from desktop.session.events import (
    CancelAsked,
    ConnectionChanged,
    Event,
    Received,
    RefreshAsked,
    RemoveAsked,
    Requests,
    ServiceEnded,
    Submitted,
    TimePassed,
)
from desktop.session.reference import Question, Reference, decode
from desktop.session.state import Entry, Session
from desktop.session.trial import is_trial

LOST = "Lost when the local service ended."
FILE_LOST = "The file was lost when the local service ended. Generate the report again."
CATALOG, LIST, WATCH = Reference(Question.CATALOG), Reference(Question.LIST), Reference(Question.WATCH)


def step(session: Session, event: Event) -> tuple[Session, Requests]:
    """Return what is known after `event` and what to send, in order. Sends nothing while not connected."""
    match event:
        case Submitted():
            session, requests = _submit(session, event)
        case CancelAsked(report_id):
            session, requests = _ask_cancel(session, report_id)
        case RemoveAsked(report_id):
            session, requests = _remove(session, report_id), ()
        case RefreshAsked(report_id):
            session, requests = _ask_refresh(session, report_id)
        case ConnectionChanged(connection, at):
            session = replace(session, connection=connection)
            session, requests = _catch_up(session, at)
        case ServiceEnded():
            session, requests = _lose_all(session), ()
        case Received(message, at):
            session, requests = _hear(replace(session, unanswered_since=None), message, at)
        case TimePassed(at):
            session, requests = _break_silence(session, at)
        case _:
            assert_never(event)
    return (_sent(session, requests), requests) if isinstance(session.connection, Connected) else (session, ())


def _sent(session: Session, requests: Requests) -> Session:
    """Remember which reports the service may know of from now on."""
    asked = (request.data.report_id for request in requests if isinstance(request.data, GenerateReport))
    entries = [entry for report_id in asked if report_id and (entry := session.entries.get(report_id))]
    return _with_entries(session, [replace(entry, is_sent=True) for entry in entries if not entry.is_sent])


def _submit(session: Session, event: Submitted) -> tuple[Session, Requests]:
    report_id = event.request.report_id
    if report_id is None or report_id in session.entries:
        return session, ()
    entry = Entry(report_id, event.request, event.asked_at, is_sent=event.is_sent, heard_at=event.at)
    return _with_entries(session, [entry]), _generates([entry])


def _ask_cancel(session: Session, report_id: str) -> tuple[Session, Requests]:
    entry = session.entries.get(report_id)
    if entry is None or not entry.is_open:
        return session, ()
    if entry.snapshot is None and not entry.is_sent:
        return _without(session, report_id), ()
    asked = replace(entry, is_cancel_asked=True)
    return _with_entries(session, [asked]), _cancels([asked])


def _remove(session: Session, report_id: str) -> Session:
    entry = session.entries.get(report_id)
    return _without(session, report_id) if entry and entry.refusal else session


def _ask_refresh(session: Session, report_id: str) -> tuple[Session, Requests]:
    entry = session.entries.get(report_id)
    if entry is None:
        return session, ()
    return _with_entries(session, [replace(entry, is_refresh_asked=True)]), _watch([report_id])


def _catch_up(session: Session, at: float) -> tuple[Session, Requests]:
    """After a connect: learn what there is, watch what has not ended, repeat what was not answered."""
    waiting = [replace(entry, heard_at=at) for entry in session.entries.values() if entry.is_waited_for]
    session = replace(session, asked_at=at, unanswered_since=at, described=MappingProxyType({}))
    return _with_entries(session, waiting), (
        *_questions(replace(session, is_listed=False)),
        *_watches(waiting),
        *_generates(waiting),
        *_cancels(waiting),
    )


def _hear(session: Session, message: ServiceMessage, at: float) -> tuple[Session, Requests]:
    match message:
        case ReportMessage(report=snapshot):
            return _hear_report(session, snapshot, at)
        case ReportsMessage(request_id=request_id) if decode(request_id) == LIST:
            return _hear_page(session, message, at)
        case ReportsMessage(reports=snapshots, missing=missing):
            return _lose(_learn(session, snapshots, at), missing), ()
        case CatalogMessage():
            return _describe(session, message, at)
        case ErrorMessage(request_id=request_id, error=error):
            return _refuse(session, request_id, error), ()
        case PongMessage():
            return session, ()
        case _:
            assert_never(message)


def _hear_report(session: Session, snapshot: Snapshot, at: float) -> tuple[Session, Requests]:
    """Learn news of a report; that of a connection test, another session's, is nobody's to see."""
    waited = session.entries.get(snapshot.report_id)
    if waited is None and is_trial(snapshot.report_id):
        return session, ()
    session = _learn(session, [snapshot], at)
    is_first = waited is not None and waited.snapshot is None
    return session, _cancels([session.entries[snapshot.report_id]]) if is_first else ()


def _describe(session: Session, page: CatalogMessage, at: float) -> tuple[Session, Requests]:
    """Gather the pages of the catalog: all of it is known, or nothing. Late pages and empty ones are left aside."""
    answered = decode(page.request_id) or CATALOG
    described = {**session.described, **{info.id: info for info in page.definitions}}
    if answered.known != len(session.described) or (page.next is not None and len(described) == answered.known):
        return session, ()
    if page.next is None:
        return replace(session, catalog=tuple(described.values()), described=MappingProxyType({})), ()
    follows = Request(DescribeCatalog(after=page.next), replace(CATALOG, known=len(described)).encode())
    return replace(session, described=MappingProxyType(described), asked_at=at), (follows,)


def _hear_page(session: Session, page: ReportsMessage, at: float) -> tuple[Session, Requests]:
    """Learn a page of what there is, newest first, and ask for the next until one holds nothing new."""
    reports = [snapshot for snapshot in page.reports if not is_trial(snapshot.report_id)]
    unknown = [snapshot for snapshot in reports if snapshot.report_id not in session.entries]
    is_all_new = bool(reports) and len(unknown) == len(reports)
    follows = page.next is not None and (is_all_new or not session.is_listed)
    session = _learn(session, reports, at)
    session = replace(session, is_listed=session.is_listed or not follows, asked_at=at, listed_at=at)
    more = (Request(ListReports(before=page.next), LIST.encode()),) if follows else ()
    open_ids = [snapshot.report_id for snapshot in unknown if not is_terminal(snapshot.state)]
    return session, (*_watch(open_ids), *more)


def _learn(session: Session, snapshots: Iterable[Snapshot], at: float) -> Session:
    heard = []
    for snapshot in snapshots:
        entry = session.entries.get(snapshot.report_id) or Entry(snapshot.report_id)
        newer = _newer(entry.snapshot, snapshot)
        heard.append(replace(entry, snapshot=newer, refusal=None, is_refresh_asked=False, heard_at=at))
    return _with_entries(session, heard)


def _newer(known: Snapshot | None, heard: Snapshot) -> Snapshot:
    """Choose by revision; at the same revision, by the link that lasts longer."""
    if known is None or heard.revision > known.revision:
        return heard
    if heard.revision == known.revision and heard.link:
        return heard if known.link is None or heard.link.expires_at > known.link.expires_at else known
    return known


def _lose(session: Session, missing: Iterable[str]) -> Session:
    error = ErrorInfo(code=ErrorCode.NOT_FOUND, message="The service no longer has this report.")
    known = [session.entries[report_id] for report_id in missing if report_id in session.entries]
    return _with_entries(session, [replace(entry, refusal=error) for entry in known if entry.snapshot])


def _lose_all(session: Session) -> Session:
    """Give up every report whose news or file would still have to come; what was never answered is asked for again."""
    lost = []
    for entry in session.entries.values():
        if entry.snapshot and entry.refusal is None and (entry.is_open or entry.snapshot.state is State.SUCCEEDED):
            message = LOST if entry.is_open else FILE_LOST
            lost.append(replace(entry, refusal=ErrorInfo(code=ErrorCode.NOT_FOUND, message=message)))
    return _with_entries(replace(session, is_listed=False), lost)


def _refuse(session: Session, request_id: str | UnsetType, error: ErrorInfo) -> Session:
    """Settle the request that an error answers, if it belongs to a report."""
    reference = decode(request_id)
    entry = session.entries.get(reference.report_id) if reference else None
    if reference is None or entry is None:
        return replace(session, notice=error.message)
    if reference.question is Question.CANCEL:
        return _with_entries(replace(session, notice=error.message), [replace(entry, is_cancel_asked=False)])
    return _with_entries(session, [entry if entry.snapshot else replace(entry, refusal=error)])


def _break_silence(session: Session, at: float) -> tuple[Session, Requests]:
    if not isinstance(session.connection, Connected):
        return session, ()
    questions: Requests = ()
    if at - session.asked_at > ANSWER_S:
        is_due = at - session.listed_at > NEWS_S
        questions = _questions(replace(session, is_listed=session.is_listed and not is_due))
        if questions:
            since = at if session.unanswered_since is None else session.unanswered_since
            session = replace(session, asked_at=at, unanswered_since=since, described=MappingProxyType({}))
    waiting = (entry for entry in session.entries.values() if entry.is_waited_for)
    silent = [replace(entry, heard_at=at) for entry in waiting if at - entry.heard_at > _patience(entry)]
    session, cancels = _repeat_cancels(_with_entries(session, silent), at)
    return session, (*questions, *_watches(silent), *_generates(silent), *cancels)


def _repeat_cancels(session: Session, at: float) -> tuple[Session, Requests]:
    """Ask again to stop what goes on although it was asked to stop: news of it is no sign that this was heard."""
    asked = [entry for entry in session.entries.values() if entry.is_cancel_asked and entry.is_open]
    due = [e for e in asked if e.cancel_sent_at is not None and at - e.cancel_sent_at > ANSWER_S]
    stamped = [replace(e, cancel_sent_at=at) for e in asked if e.cancel_sent_at is None or e in due]
    return _with_entries(session, stamped), _cancels(due)


def _patience(entry: Entry) -> float:
    is_asked = entry.snapshot is None or entry.is_refresh_asked
    return ANSWER_S if is_asked else SILENCE_S


def _questions(session: Session) -> Requests:
    """Ask what there is, as far as that is not known."""
    catalog = () if session.catalog else (Request(DescribeCatalog(), CATALOG.encode()),)
    return (*catalog, *(() if session.is_listed else (Request(ListReports(), LIST.encode()),)))


def _watches(entries: Iterable[Entry]) -> Requests:
    """Watch the reports the service knows."""
    return _watch(entry.report_id for entry in entries if entry.snapshot)


def _generates(entries: Iterable[Entry]) -> Requests:
    """Ask for the reports that were never answered."""
    return tuple(
        Request(e.request, Reference(Question.REPORT, e.report_id).encode())
        for e in entries
        if e.request and e.snapshot is None
    )


def _cancels(entries: Iterable[Entry]) -> Requests:
    """Ask to stop what the service knows; it may take messages out of order, so nothing is stopped before that."""
    return tuple(
        Request(CancelReport(report_id=e.report_id), Reference(Question.CANCEL, e.report_id).encode())
        for e in entries
        if e.is_cancel_asked and e.is_open and e.snapshot
    )


def _watch(report_ids: Iterable[str]) -> Requests:
    ids, size = tuple(report_ids), quotas.REPORT_IDS_PER_WATCH
    return tuple(Request(WatchReports(report_ids=ids[i : i + size]), WATCH.encode()) for i in range(0, len(ids), size))


def _without(session: Session, report_id: str) -> Session:
    others = {key: other for key, other in session.entries.items() if key != report_id}
    return replace(session, entries=MappingProxyType(others))


def _with_entries(session: Session, entries: Iterable[Entry]) -> Session:
    changed = {entry.report_id: entry for entry in entries}
    if not changed:
        return session
    return replace(session, entries=MappingProxyType({**session.entries, **changed}))
