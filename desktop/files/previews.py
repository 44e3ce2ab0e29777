"""Previews of reports, fetched on demand and kept for a while.

window ── report id ──▶ **Previews.load** ──▶ HTTP ──▶ `Previewed` values to the listener

Documents are kept, never the links they came from, which are signed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

import httpx

from backend.protocol.messages import Link
from backend.protocol.preview import BadPreview, Preview, decode
from desktop.files.preview_status import Loading, Previewed, Unavailable
from desktop.files.transfer import LinkExpired, TransferFailed
from desktop.outside.environment import WrongEnvironment
from desktop.outside.http import open_http, raw_chunks
from desktop.outside.sentence import Sentence

MOST_KEPT = 20
MOST_BYTES = 8_000_000
"""The largest document. Two hundred rows of the longest cells are far less."""

READ_TIMEOUT_S = 10.0
TIME_LIMIT_S = 30.0
AT_ONCE = 4
"""Limited, so that previews of many reports leave room for the downloads."""

Listener = Callable[[Mapping[str, Previewed]], None]


class FreshLink(Protocol):
    """Returns a link that works for a while yet. Raises `TransferFailed`."""

    def __call__(self, report_id: str, *, after: datetime | None = None) -> Awaitable[Link]:
        """Ask for one that works until later than `after`."""


class Previews:
    """The previews of the reports that were looked at last, by report id."""

    def __init__(self, fresh_link: FreshLink, listener: Listener, *, at_once: int = AT_ONCE) -> None:
        self._fresh_link = fresh_link
        self._listener = listener
        self._places = asyncio.Semaphore(at_once)
        self._chosen: str | None = None
        self.all: Mapping[str, Previewed] = MappingProxyType({})

    async def load(self, report_id: str) -> None:
        """Load the preview of a report, unless it is there. Never raises for a failed one."""
        self._chosen = report_id
        known = self.all.get(report_id)
        if isinstance(known, Preview | Loading):
            self._show(report_id, known)
            return
        self._show(report_id, Loading())
        async with self._places:
            is_wanted = self._chosen == report_id
            self._show(report_id, await self._load(report_id) if is_wanted else None)

    async def _load(self, report_id: str) -> Preview | Unavailable:
        try:
            link = await self._fresh_link(report_id)
            try:
                return await self._fetch(link)
            except LinkExpired:
                return await self._fetch(await self._fresh_link(report_id, after=link.expires_at))
        except (TransferFailed, BadPreview) as error:
            return Unavailable(str(error))

    async def _fetch(self, link: Link) -> Preview:
        if link.preview_url is None:
            raise TransferFailed("This report has no preview.")
        return await fetch(link.preview_url)

    def _show(self, report_id: str, previewed: Previewed | None) -> None:
        """Keep a preview as the latest, and drop the oldest."""
        others = [item for item in self.all.items() if item[0] != report_id]
        newest = [(report_id, previewed)] if previewed else []
        self.all = MappingProxyType(dict([*others, *newest][-MOST_KEPT:]))
        self._listener(self.all)


async def fetch(url: str, time_limit_s: float = TIME_LIMIT_S) -> Preview:
    """Read the preview at `url`.

    Args:
        url: A signed link; never logged or repeated in an error.
        time_limit_s: How long it may take, however fast each piece comes.

    Raises:
        TransferFailed: It cannot be fetched; `LinkExpired`, if with a fresh link it might be.
        BadPreview: It is no preview.
    """
    try:
        async with asyncio.timeout(time_limit_s):
            return decode(await _read(url))
    except TimeoutError as error:
        raise TransferFailed("The preview cannot be loaded: the service is too slow.") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise TransferFailed("The service gave a link that is no web address.") from error
    except WrongEnvironment as error:
        raise TransferFailed(str(error)) from error
    except (httpx.HTTPError, OSError) as error:
        raise TransferFailed("The preview cannot be loaded: the service cannot be reached.") from error


async def _read(url: str) -> bytes:
    document = bytearray()
    async with open_http(url, READ_TIMEOUT_S) as http, http.stream("GET", url) as response:
        _check(response.status_code)
        async with raw_chunks(response) as chunks:
            async for chunk in chunks:
                document += chunk
                if len(document) > MOST_BYTES:
                    raise TransferFailed("The preview is too large to be shown.")
    return bytes(document)


def _check(status: int) -> None:
    if status in {httpx.codes.FORBIDDEN, httpx.codes.BAD_REQUEST}:
        raise LinkExpired("The link to the preview has expired.")
    if status == httpx.codes.NOT_FOUND:
        raise TransferFailed("The preview is no longer there.")
    if status != httpx.codes.OK:
        raise TransferFailed(Sentence("The service answered the preview with status {status}.", status=status))
