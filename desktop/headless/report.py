"""One report, from the request to its end and its file.

`GenerateReport` ──▶ **follow** ──▶ the last snapshot ──▶ **check_success**, **save**
"""

import time
from pathlib import Path

from backend.protocol.lifecycle import State
from backend.protocol.messages import ErrorCode, ErrorInfo, GenerateReport, Snapshot
from desktop.files.download import Download, DownloadState
from desktop.files.downloads import Downloads, Listener
from desktop.files.transfer import TransferFailed
from desktop.headless.conversation import Headless
from desktop.headless.errors import NotSaved, Refused, ReportCancelled, ReportFailed, WrongRequest
from desktop.outside.patience import OUT_OF_REACH_S
from desktop.session.events import CancelAsked, Submitted
from desktop.session.state import Session

_WRONG_REQUEST = {ErrorCode.INVALID_MESSAGE, ErrorCode.INVALID_PARAMETERS, ErrorCode.UNKNOWN_DEFINITION}


async def follow(session: Headless, request: GenerateReport) -> Snapshot:
    """Submit a request whose `report_id` is set, and return the report's last snapshot once it has ended.

    Raises:
        Refused: The service does not accept the request.
        NotConnected: There is no connection.
        ReportCancelled: `cancel` came before the request was sent, or the service was silent after it.
    """
    report_id = str(request.report_id)
    session.store.dispatch(Submitted(request, time.monotonic()))
    return await end_of(session, report_id)


async def end_of(session: Headless, report_id: str) -> Snapshot:
    """Return the last snapshot of a report that the session knows, once it has ended.

    Raises:
        Refused: The service does not accept the request, or no longer has the report.
        NotConnected: There is no connection.
        ReportCancelled: `cancel` came before the request was sent, or the service was silent after it.
    """
    return await session.until(lambda known: _end(known, report_id))


async def stop(session: Headless, report_id: str) -> Snapshot:
    """Have a report stopped that the session knows, and return its last snapshot; how else it ended is in that.

    Raises:
        Refused: The service refuses, or no longer has the report.
        NotConnected: There is no connection.
    """
    session.store.dispatch(CancelAsked(report_id))
    return await session.until(lambda known: _stopped(known, report_id))


def cancel(session: Headless, report_id: str) -> None:
    """Have a report stopped; `follow` returns its end, and waits little for a service that is silent."""
    session.hurry()
    session.store.dispatch(CancelAsked(report_id))


def check_success(snapshot: Snapshot) -> None:
    """Check how a report ended.

    Raises:
        ReportCancelled: It was cancelled.
        ReportFailed: It failed.
    """
    match snapshot.state:
        case State.CANCELLED:
            raise ReportCancelled("The report was cancelled.")
        case State.FAILED:
            error = snapshot.error
            raise ReportFailed(error.message, error.code) if error else ReportFailed("The report failed.")


async def with_link(session: Headless, report_id: str) -> Snapshot:
    """Return the snapshot of a report that succeeded, with a link that works for a while yet.

    Raises:
        NotSaved: There is no link: the file has expired, or the service gave none.
    """
    try:
        await Downloads(session.store, lambda _: None).fresh_link(report_id)
    except TransferFailed as error:
        raise NotSaved(str(error)) from error
    snapshot = session.store.session.entries[report_id].snapshot
    if snapshot is None:
        raise NotSaved("The report has no file.")
    return snapshot


async def save(
    session: Headless,
    report_id: str,
    path: Path,
    show: Listener = lambda _: None,
    *,
    patience_s: float = OUT_OF_REACH_S,
) -> Download:
    """Save the file of a report that succeeded, once its checksum is right, in the place of what is there.

    `show` is called with each news of it; `patience_s` is how long it may go without a byte.

    Raises:
        NotSaved: It could not be saved.
    """
    downloads = Downloads(session.store, show, patience_s=patience_s)
    download = await downloads.save(report_id, path)
    if download.state is not DownloadState.SAVED:
        raise NotSaved(str(download.error))
    return download


def _end(known: Session, report_id: str) -> Snapshot | None:
    entry = known.entries.get(report_id)
    if entry is None:
        raise ReportCancelled("Stopped before the report was asked for.")
    if entry.refusal:
        raise _refused(entry.refusal)
    return None if entry.is_open else entry.snapshot


def _stopped(known: Session, report_id: str) -> Snapshot | None:
    ended, entry = _end(known, report_id), known.entries[report_id]
    if ended is None and not entry.is_cancel_asked:
        raise Refused(known.notice or "The service refused to cancel the report.")
    return ended


def _refused(refusal: ErrorInfo) -> Refused:
    kind = WrongRequest if refusal.code in _WRONG_REQUEST else Refused
    return kind(refusal.message, refusal.code)
