"""`reportwire generate`: one report, its progress, its link or its file.

arguments ──▶ **run** ──▶ conversation ──▶ standard output, exit status
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, ErrorCode, GenerateReport, Snapshot
from desktop.commands.conversation import Headless, add_profile, catalog_of, converse, headless
from desktop.commands.exits import Exit, Stop
from desktop.commands.request import Order, WrongOrder, check, make_request
from desktop.commands.terminal import ReportProgress, print_json, print_line
from desktop.files.download import DownloadState
from desktop.files.downloads import Downloads
from desktop.outside.patience import OUT_OF_REACH_S
from desktop.outside.places import UnusablePlace, proved
from desktop.session.events import CancelAsked, Submitted
from desktop.session.state import NOT_SAFE, Session
from desktop.sign_in.profiles import Profile

_WRONG_REQUEST = {ErrorCode.INVALID_MESSAGE, ErrorCode.INVALID_PARAMETERS, ErrorCode.UNKNOWN_DEFINITION}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    parser.add_argument("definition", metavar="DEFINITION", help="the report's id, as `reportwire catalog` shows it")
    parser.add_argument("-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE", help="a parameter")
    parser.add_argument("--format", help="the file format; else the one PATH is named after, else the report's first")
    parser.add_argument(
        "--format-option",
        dest="format_options",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the file format, such as delimiter=';', delimiter=tab or bom=true for csv",
    )
    parser.add_argument(
        "--output", type=Path, metavar="PATH", help="save the file there, checked; PATH.xlsx also means --format xlsx"
    )
    parser.add_argument("--json", action="store_true", help="print the final snapshot instead of the link")
    add_profile(parser)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    output = args.output.absolute() if args.output else None
    order = Order(
        args.definition, args.parameters, args.format, output, is_json=args.json, format_options=args.format_options
    )
    check_order(order)
    status = converse(args, lambda profile: generate(profile, order))
    if output is None and "profile" not in args:
        sys.stderr.write("The link no longer works: the local backend has ended. Save the file with --output.\n")
    return status


def check_order(order: Order) -> None:
    """Check an order, before there is a service to ask.

    Raises:
        Stop: Something is.
    """
    try:
        check(order)
        if order.output:
            proved(order.output)
    except (WrongOrder, UnusablePlace) as error:
        raise Stop(Exit.USAGE, str(error)) from error


async def generate(profile: Profile, order: Order) -> None:
    """Generate one report, whose order was checked; print its link, save its file.

    Raises:
        Stop: With the status that tells why.
        Unreachable: There is no connection.
    """
    async with headless(profile) as session:
        request = _request(await session.until(catalog_of), order)
        snapshot = await _follow(session, request)
        await _deliver(session, snapshot, order)


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
    entry = known.entries.get(report_id)
    if entry is None:
        raise Stop(Exit.INTERRUPTED, "Stopped before the report was asked for.")
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
        loop.call_soon_threadsafe(session.hurry)
        loop.call_soon_threadsafe(session.store.dispatch, CancelAsked(report_id))

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # whoever started this wants it so
        yield
        return
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
    downloads = Downloads(session.store, lambda _: None, patience_s=OUT_OF_REACH_S)
    download = await downloads.save(report_id, output)
    if download.state is not DownloadState.SAVED:
        raise Stop(Exit.FAILED, str(download.error))
