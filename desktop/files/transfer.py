"""One file from signed links to disk: resumed when interrupted, checked, and put in place whole or not at all.

downloads ── links, result ──▶ **fetch** ──▶ part_file ──▶ target

The part outlives outages and links: with each it is gone on from its last byte. Must not import Qt.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from backend.protocol.messages import Result
from desktop.files.part_file import PartFile, beside
from desktop.outside.environment import WrongEnvironment
from desktop.outside.http import open_http, raw_chunks
from desktop.outside.patience import OUT_OF_REACH_S
from desktop.outside.places import UnusablePlace, proved
from desktop.outside.sentence import Sentence
from desktop.outside.threads import in_thread

LINKS_WITHOUT_PROGRESS = 2
"""Fresh links that bring no byte mean that the service's clock or ours is wrong."""

OnProgress = Callable[[int], None]
"""Told how many bytes are there."""
Gate = Callable[[], Awaitable[bool]]
"""Return at once, or when a pause is over; and whether there was one."""
NextLink = Callable[[bool], Awaitable[str]]
"""Return a link that works; not the one before, if told that this has expired.

Raises `TransferFailed` if the file is lost; `NoLink`, if there may be one later.
"""


async def _open_gate() -> bool:
    return False


class TransferFailed(Exception):
    """The file could not be saved; the sentence says why. Nothing is left behind, unless it names it."""


class NoLink(TransferFailed):
    """The service gave no link in time."""


class LinkExpired(TransferFailed):
    """The link no longer works; a fresh one may."""


async def fetch(
    next_link: NextLink,
    target: Path,
    result: Result,
    on_progress: OnProgress,
    *,
    patience_s: float = OUT_OF_REACH_S,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    gate: Gate = _open_gate,
) -> None:
    """Save a file as `target`, replacing what is there once the new file is complete and checked.

    Args:
        next_link: Gives signed links; none is logged or repeated in an error.
        target: Where the file goes; its folder exists.
        result: What the service said of the file.
        on_progress: Told of bytes received.
        patience_s: How long it may go without a byte.
        clock: Gives the time in seconds.
        sleep: Waits some seconds between attempts.
        gate: Passed before each piece: there the download can be paused. A pause is no outage.

    Raises:
        TransferFailed: It could not be saved, or is not the file the service announced.
    """
    try:
        with beside(proved(target)) as part:
            await _Filling(part, result, on_progress, gate).fill(next_link, patience_s, clock, sleep)
            if await in_thread(part.sha256, "checksum") != result.sha256:
                raise TransferFailed("The file arrived damaged: its checksum is wrong.")
            _put_in_place(part, target)
    except UnusablePlace as error:
        raise TransferFailed(str(error)) from error
    except OSError as error:
        raise TransferFailed(Sentence("The file cannot be saved: {reason}.", reason=error.strerror)) from error
    except WrongEnvironment as error:
        raise TransferFailed(str(error)) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise TransferFailed("The service gave a link that is no web address.") from error


def _put_in_place(part: PartFile, target: Path) -> None:
    try:
        part.put_in_place()
    except OSError as error:
        if error.errno is None:  # somebody changes the files there
            raise
        kept = part.keep()
        text = "The file cannot be saved as {file}: {reason}. It is complete, and stays as {kept}."
        raise TransferFailed(Sentence(text, file=target, reason=error.strerror, kept=kept)) from error


class _Filling:
    """A part file that grows to the size of the file."""

    def __init__(self, part: PartFile, result: Result, on_progress: OnProgress, gate: Gate) -> None:
        self._part = part
        self._size = result.size_bytes
        self._on_progress = on_progress
        self._gate = gate
        self._was_paused = False

    async def fill(
        self,
        next_link: NextLink,
        patience_s: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Append what is lacking, as long as bytes come."""
        longest = attempts = links = 0
        failure = TransferFailed("The download was interrupted, and no more of the file comes.")
        url, is_linked, is_expired, fed_at = "", False, False, clock()
        while not is_linked or longest < self._size:  # an empty file needs a link too: a safe one
            try:
                url = url or await next_link(is_expired)
                is_linked = True
                if self._size:
                    await self._append(url)
            except LinkExpired:
                links += 1
                if links >= LINKS_WITHOUT_PROGRESS:
                    raise
                url, is_expired = "", True
                continue
            except NoLink as error:
                failure = error
            except httpx.TransportError as error:
                failure = TransferFailed(_interruption(error))
                url, is_expired = "", False  # asked for again, as the file may be lost
            fed_at = clock() if self._ended_pause() else fed_at
            if self._part.size_bytes > longest:
                longest, attempts, links, fed_at = self._part.size_bytes, 0, 0, clock()
            elif clock() - fed_at > patience_s:
                raise failure
            else:
                attempts += 1
            if not is_linked or longest < self._size:
                await sleep(min(10.0, 0.5 * 2**attempts))

    def _ended_pause(self) -> bool:
        """Return whether there was a pause since the last time: then nothing was to come, and nobody lost patience."""
        was_paused, self._was_paused = self._was_paused, False
        return was_paused

    async def _append(self, url: str) -> None:
        have = self._part.size_bytes
        async with open_http(url) as http, http.stream("GET", url, headers={"Range": f"bytes={have}-"}) as answer:
            _check(answer.status_code)
            have = have if answer.status_code == httpx.codes.PARTIAL_CONTENT else 0
            self._part.cut(have)
            async with raw_chunks(answer) as chunks:  # as they come: chunks of a set size would be lost when cut short
                async for chunk in chunks:
                    self._was_paused |= await self._gate()
                    if have + len(chunk) > self._size:
                        raise TransferFailed("The file arrived damaged: it is longer than it should be.")
                    have = self._part.append(chunk)
                    self._on_progress(have)


def _interruption(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.ProxyError):
        return "The download was interrupted, and the proxy does not open a way to the file."
    return "The download was interrupted, and the service cannot be reached."


def _check(status: int) -> None:
    if status in {httpx.codes.FORBIDDEN, httpx.codes.BAD_REQUEST}:
        raise LinkExpired("The link has expired.")
    if status == httpx.codes.NOT_FOUND:
        raise TransferFailed("The file is no longer there: it has expired.")
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise TransferFailed("The file arrived damaged: it is shorter than it should be.")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
        raise httpx.TransportError(f"status {status}")
    if status not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        raise TransferFailed(Sentence("The service answered the download with status {status}.", status=status))
