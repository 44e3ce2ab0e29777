"""A report that costs little, from the request to its file, which is thrown away.

examination ── a profile whose service answers ──▶ **make** ── request, file ──▶ `Step`
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from msgspec import Struct

from backend.protocol.messages import DefinitionInfo, ErrorCode, GenerateReport
from desktop.headless.conversation import Headless, catalog_of, headless
from desktop.headless.errors import NotSaved, Refused, ReportCancelled, ReportError, ReportFailed
from desktop.headless.report import cancel, check_success, follow, save
from desktop.outside.patience import LEAVING_S
from desktop.session.state import Session
from desktop.session.trial import trial_id
from desktop.sign_in.profiles import Profile
from desktop.transport.signing import Signer
from desktop.wording import examined_report as words
from desktop.wording.examination import Step

SAMPLE = {"delay": 0, "amountOfRows": 1}
"""The parameters of the sample report, where a service offers that, at their least."""
DAY = ("start", "end")
"""Parameters that many reports share: of those a day is enough."""
LIGHT = "csv"
_LATER = {ErrorCode.TOO_MANY_REPORTS, ErrorCode.TOO_MANY_REQUESTS}


class Patience(Struct, frozen=True):
    """How long the catalog may take, the report, and the next byte of its file; in seconds."""

    catalog_s: float
    report_s: float
    file_s: float


def choose(definitions: Sequence[DefinitionInfo]) -> tuple[DefinitionInfo, GenerateReport] | None:
    """Choose the sample report, else the first that needs nothing; None where all need something."""
    sample = next((each for each in definitions if SAMPLE.keys() <= _properties(each).keys()), None)
    if sample:
        return sample, _request(sample, SAMPLE)
    free = next((each for each in definitions if _needs_nothing(each)), None)
    if free is None:
        return None
    first, last = (_properties(free).get(name, {}) for name in DAY)
    is_range = first.get("format") == last.get("format") == "date" and "default" in first
    return free, _request(free, dict.fromkeys(DAY, first["default"]) if is_range else {})


def _properties(definition: DefinitionInfo) -> dict[str, Any]:
    return dict(definition.parameters.get("properties", {}))


def _needs_nothing(definition: DefinitionInfo) -> bool:
    properties = _properties(definition)
    return all("default" in properties.get(name, {}) for name in definition.parameters.get("required", ()))


def _request(definition: DefinitionInfo, parameters: dict[str, Any]) -> GenerateReport:
    format_name = LIGHT if LIGHT in definition.formats else None
    id_ = trial_id(uuid4())
    return GenerateReport(report_id=id_, definition=definition.id, parameters=parameters, format=format_name)


async def make(
    profile: Profile, signer: Signer, patience: Patience, clock: Callable[[], float] = time.monotonic
) -> Step:
    """Ask for a report, wait for its file, and return how that went. Left early, the report is cancelled."""
    try:
        async with headless(profile, out_of_reach_s=patience.catalog_s, signer=signer) as session:
            try:
                async with asyncio.timeout(patience.catalog_s):
                    definitions = await session.until(catalog_of)
            except TimeoutError:
                return words.catalog_silent(patience.catalog_s)
            chosen = choose(definitions)
            return words.no_small_report() if chosen is None else await _make(session, *chosen, patience, clock)
    except ReportError as error:
        return words.report_not_asked(str(error))


async def _make(
    session: Headless,
    definition: DefinitionInfo,
    request: GenerateReport,
    patience: Patience,
    clock: Callable[[], float],
) -> Step:
    began = clock()
    try:
        async with asyncio.timeout(patience.report_s):
            snapshot = await follow(session, request)
        check_success(snapshot)
        await _fetch(session, snapshot.report_id, patience.file_s)
    except TimeoutError:
        await _give_up(session, str(request.report_id))
        return words.report_slow(definition.title, patience.report_s)
    except ReportError as error:
        return _how_it_failed(definition.title, error)
    except asyncio.CancelledError:
        await _give_up(session, str(request.report_id))
        raise
    rows = snapshot.result.row_count if snapshot.result else 0
    return words.report_came(definition.title, rows, clock() - began)


async def _fetch(session: Headless, report_id: str, limit_s: float) -> None:
    """Download the file and throw it away. Raises `NotSaved`."""
    try:
        async with asyncio.timeout(2 * limit_s):
            with TemporaryDirectory(prefix="reportwire-") as folder:
                await save(session, report_id, Path(folder, "report"), patience_s=limit_s)
    except TimeoutError as error:
        raise NotSaved("The download takes too long.") from error


def _how_it_failed(title: str, error: ReportError) -> Step:
    match error:
        case Refused(code=code) if code in _LATER:
            return words.report_put_off(title, str(error))
        case Refused():
            return words.report_refused(title, str(error))
        case ReportFailed():
            return words.report_failed(title, str(error))
        case ReportCancelled():
            return words.report_ended_elsewhere(title)
        case NotSaved():
            return words.report_not_here(title, str(error))
        case _:
            return words.report_not_asked(str(error))


async def _give_up(session: Headless, report_id: str) -> None:
    """Cancel a report that nobody waits for any more, and wait for that no longer than closing a connection takes."""

    def is_over(known: Session) -> bool | None:
        entry = known.entries.get(report_id)
        return True if entry is None or not entry.is_open else None

    cancel(session, report_id)
    with suppress(ReportError, TimeoutError):
        async with asyncio.timeout(LEAVING_S / 2):
            await session.until(is_over)
