"""The analyst's job without a window: `reportwire generate`, `catalog`, `reports`.

arguments ──▶ **generate**, **catalog**, **reports** ──▶ headless session ──▶ standard output, exit status
"""

import asyncio
import contextlib
import signal
import time
import uuid
from collections.abc import Iterator, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, ErrorCode, GenerateReport, Snapshot
from desktop.commands.conversation import Headless, headless
from desktop.commands.request import Order, WrongOrder, check, make_request
from desktop.commands.terminal import ReportProgress, print_catalog, print_json, print_line, print_reports
from desktop.files.downloads import Downloads, DownloadState
from desktop.files.links import NOT_SAFE
from desktop.files.transfer import TransferFailed, check_target
from desktop.session.step import CancelAsked, Session, Submitted
from desktop.sign_in.profiles import Profile

_WRONG_REQUEST = {ErrorCode.INVALID_MESSAGE, ErrorCode.INVALID_PARAMETERS, ErrorCode.UNKNOWN_DEFINITION}

T = TypeVar("T")


class Exit(IntEnum):
    """Exit statuses."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_CONNECTION = 3
    INTERRUPTED = 130


class Stop(Exception):
    """The command ends here: with which status, and one sentence why."""

    def __init__(self, status: Exit, message: str) -> None:
        super().__init__(message)
        self.status = status


def check_order(order: Order) -> None:
    """Find out what is wrong with an order before there is a service to ask.

    Raises:
        Stop: Something is.
    """
    try:
        check(order)
        if order.output:
            check_target(order.output)
    except (WrongOrder, TransferFailed) as error:
        raise Stop(Exit.USAGE, str(error)) from error


async def generate(profile: Profile, order: Order) -> None:
    """Generate one report, whose order was checked; print its link, save its file.

    Raises:
        Stop: With the status that tells why.
        Unreachable: There is no connection.
    """
    async with headless(profile) as session:
        request = _request(await session.until(_catalog), order)
        snapshot = await _follow(session, request)
        await _deliver(session, snapshot, order)


async def catalog(profile: Profile, *, is_json: bool) -> None:
    """Print what can be generated."""
    async with headless(profile) as session:
        definitions = await session.until(_catalog)
    if is_json:
        print_json(definitions)
    else:
        print_catalog(definitions)


async def reports(profile: Profile, *, is_json: bool) -> None:
    """Print the caller's newest reports."""
    async with headless(profile) as session:
        known = await session.until(_listed)
    snapshots = sorted(_snapshots(known), key=lambda snapshot: snapshot.created_at, reverse=True)
    if is_json:
        print_json(snapshots)
    else:
        print_reports(snapshots)


def _catalog(known: Session) -> Sequence[DefinitionInfo] | None:
    return _answer(known, known.catalog)


def _listed(known: Session) -> Session | None:
    return _answer(known, known if known.is_listed else None)


def _answer(known: Session, answer: T | None) -> T | None:
    """Return the answer; stop where the service refused to give one, instead of waiting for ever."""
    if answer is None and known.notice:
        raise Stop(Exit.FAILED, known.notice)
    return answer


def _snapshots(known: Session) -> list[Snapshot]:
    return [entry.snapshot for entry in known.entries.values() if entry.snapshot]


def _find(definitions: Sequence[DefinitionInfo], definition_id: str) -> DefinitionInfo:
    for definition in definitions:
        if definition.id == definition_id:
            return definition
    known = ", ".join(definition.id for definition in definitions)
    raise Stop(Exit.USAGE, f'There is no report called "{definition_id}". There is: {known}.')


def _request(definitions: Sequence[DefinitionInfo], order: Order) -> GenerateReport:
    definition = _find(definitions, order.definition)
    try:
        return make_request(definition, order, str(uuid.uuid4()))
    except WrongOrder as error:
        raise Stop(Exit.USAGE, str(error)) from error


async def _follow(session: Headless, request: GenerateReport) -> Snapshot:
    """Submit and wait for the end; Ctrl-C cancels the report and waits for that."""
    report_id = str(request.report_id)
    with ReportProgress(report_id) as progress, _interrupts(session, report_id):
        stop = session.store.listen(progress.show)
        session.store.dispatch(Submitted(request, time.monotonic()))
        try:
            return await session.until(lambda known: _end(known, report_id))
        finally:
            stop()


def _end(known: Session, report_id: str) -> Snapshot | None:
    entry = known.entries[report_id]
    if entry.refusal:
        status = Exit.USAGE if entry.refusal.code in _WRONG_REQUEST else Exit.FAILED
        raise Stop(status, entry.refusal.message)
    return None if entry.is_open else entry.snapshot


@contextlib.contextmanager
def _interrupts(session: Headless, report_id: str) -> Iterator[None]:
    """Turn the first Ctrl-C into a cancel; the second one interrupts as ever."""
    loop = asyncio.get_running_loop()

    def cancel(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        loop.call_soon_threadsafe(session.store.dispatch, CancelAsked(report_id))

    before = signal.signal(signal.SIGINT, cancel)  # not the loop's own, which Windows does not have
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _deliver(session: Headless, snapshot: Snapshot, order: Order) -> None:
    if snapshot.state is State.SUCCEEDED and order.output:
        await _save(session, snapshot.report_id, order.output)
    if order.is_json:
        print_json(snapshot)
    match snapshot.state:
        case State.CANCELLED:
            raise Stop(Exit.INTERRUPTED, "The report was cancelled.")
        case State.FAILED:
            raise Stop(Exit.FAILED, snapshot.error.message if snapshot.error else "The report failed.")
    if not order.is_json and snapshot.link and snapshot.link.url == NOT_SAFE:
        raise Stop(Exit.FAILED, "The service gave a link that is not safe to open.")
    if not order.is_json and snapshot.link:
        print_line(snapshot.link.url)


async def _save(session: Headless, report_id: str, output: Path) -> None:
    downloads = Downloads(session.store, lambda _: None)
    try:
        download = await downloads.save(report_id, output)
    finally:
        downloads.stop()  # interrupted, the thread would go on and save the file after all
    if download.state is not DownloadState.SAVED:
        raise Stop(Exit.FAILED, str(download.error))
