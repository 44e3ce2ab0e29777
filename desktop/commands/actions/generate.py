"""`reportwire generate`: one report, its progress, its link or its file.

arguments ──▶ **run** ──▶ headless ──▶ standard output, exit status
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import uuid
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, GenerateReport, Snapshot
from desktop.commands.actions.conversing import converse
from desktop.commands.actions.request import Order, WrongOrder, check, make_request
from desktop.commands.actions.service import check_place, named
from desktop.commands.actions.sets import connection, sets_of_this_user
from desktop.commands.exits import Exit, Stop
from desktop.commands.output.lines import print_line, say
from desktop.commands.output.progress import FileProgress, ReportProgress
from desktop.commands.output.tables import print_json
from desktop.headless.conversation import Headless, catalog_of, headless
from desktop.headless.report import cancel, check_success, follow, save
from desktop.keeping.errors import WrongName
from desktop.keeping.parameter_set import ParameterSet, checked_name, fit
from desktop.session.state import NOT_SAFE
from desktop.sign_in.profiles import Profile


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    profile, output = named(args), args.output.absolute() if args.output else None
    order = Order(
        args.definition,
        args.parameters,
        args.format,
        output,
        is_json=args.json,
        format_options=args.format_options,
        save_as=args.save_set,
    )
    check_order(order)
    if args.set_name is not None:
        with sets_of_this_user() as sets:
            order = replace(order, base=sets.load().get(connection(profile), order.definition, args.set_name))
    status = converse(args, profile, lambda found: generate(found, order, connection(profile)))
    if output is None and profile is None:
        sys.stderr.write(
            "The link no longer works: the local backend has ended. It keeps the file: reportwire download.\n"
        )
    return status


def check_order(order: Order) -> None:
    """Check an order, before there is a service to ask.

    Raises:
        Stop: Something is.
    """
    try:
        check(order)
        if order.save_as is not None:
            checked_name(order.save_as)
    except (WrongOrder, WrongName) as error:
        raise Stop(Exit.USAGE, str(error)) from error
    if order.output:
        check_place(order.output)


async def generate(profile: Profile, order: Order, sets_of: str) -> None:
    """Generate one report, whose order was checked; print its link, save its file.

    `sets_of` is the connection that a parameter set made of the order belongs to.

    Raises:
        ReportError: There is no report, or its file could not be saved.
        Stop: The order does not fit the catalog, or the link is not safe.
    """
    async with headless(profile) as session:
        request = _request(await session.until(catalog_of), order)
        if order.save_as is not None:
            _save_set(request, order.save_as, sets_of)
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
    fitted = fit(order.base, definition)
    for misfit in fitted.misfits:
        say(f"Of the parameter set is left out what does not fit any more: {misfit}.")
    order = replace(order, base=fitted.usable)
    try:
        return make_request(definition, order, str(uuid.uuid4()))
    except WrongOrder as error:
        raise Stop(Exit.USAGE, str(error)) from error


def _save_set(request: GenerateReport, name: str, sets_of: str) -> None:
    made = ParameterSet(
        parameters=request.parameters, format=request.format, format_options=request.format_options or {}
    )
    with sets_of_this_user() as sets:
        is_replaced = sets.save(sets_of, request.definition, name, made)
    say(f'{request.definition}: the parameter set "{checked_name(name)}" is {"replaced" if is_replaced else "kept"}.')


async def _follow(session: Headless, request: GenerateReport) -> Snapshot:
    """Submit and wait for the end; Ctrl-C cancels the report and waits for that."""
    report_id = str(request.report_id)
    with ReportProgress(report_id) as progress, _interrupts(session, report_id):
        stop = session.store.listen(progress.show)
        try:
            return await follow(session, request)
        finally:
            stop()


@contextlib.contextmanager
def _interrupts(session: Headless, report_id: str) -> Iterator[None]:
    """Turn the first Ctrl-C into a cancel; the second one interrupts as ever."""
    loop = asyncio.get_running_loop()

    def interrupt(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        loop.call_soon_threadsafe(cancel, session, report_id)

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # whoever started this wants it so
        yield
        return
    before = signal.signal(signal.SIGINT, interrupt)  # not the loop's own, which Windows does not have
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _deliver(session: Headless, snapshot: Snapshot, order: Order) -> None:
    if snapshot.state is State.SUCCEEDED and order.output:
        with FileProgress() as progress:
            await save(session, snapshot.report_id, order.output, progress.show)
    if order.is_json:
        print_json(snapshot)
    check_success(snapshot)
    if not order.is_json and snapshot.link and snapshot.link.url == NOT_SAFE:
        raise Stop(Exit.FAILED, "The service gave a link that is not safe to open.")
    if not order.is_json and snapshot.link:
        print_line(snapshot.link.url)
