"""One file from a signed link to disk: resumed when interrupted, checked, and put in place whole or not at all.

downloads ── link, result ──▶ **fetch** ──▶ part_file ──▶ target

Blocks, so it runs in a thread. Must not import Qt.
"""

import contextlib
import logging
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from backend.protocol.messages import Result
from desktop.files.part_file import PartFile, beside
from desktop.outside.environment import LOOPBACK

ATTEMPTS_WITHOUT_PROGRESS = 5

OnProgress = Callable[[int], None]
"""Told how many bytes are there; may raise `TransferStopped`."""


class TransferFailed(Exception):
    """The file could not be saved; the sentence says why. Nothing is left behind."""


class LinkExpired(TransferFailed):
    """The link no longer works; a fresh one may."""


class TransferStopped(Exception):
    """The analyst no longer wants the file."""


def fetch(url: str, target: Path, result: Result, on_progress: OnProgress, pause: Callable[[float], None]) -> None:
    """Save the file at `url` as `target`, replacing what is there once the new file is complete and checked.

    Args:
        url: A signed link; never logged or repeated in an error.
        target: Where the file goes; its folder exists.
        result: What the service said of the file.
        on_progress: Told of bytes received.
        pause: Waits some seconds between attempts.

    Raises:
        TransferFailed: It could not be saved, or is not the file the service announced.
        TransferStopped: `on_progress` raised it.
    """
    try:
        with beside(target) as part:
            _fill(url, part, result, on_progress, pause)
            if part.sha256() != result.sha256:
                raise TransferFailed("The file arrived damaged: its checksum is wrong.")
            part.put_in_place()
    except OSError as error:
        raise TransferFailed(f"The file cannot be saved: {error.strerror}.") from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise TransferFailed("The service gave a link that is no web address.") from error


def _fill(url: str, part: PartFile, result: Result, on_progress: OnProgress, pause: Callable[[float], None]) -> None:
    failures = longest = 0
    with open_http(url) as http:
        while longest < result.size_bytes:
            with contextlib.suppress(httpx.TransportError):
                _append(http, url, part, result.size_bytes, on_progress)
            size = part.size_bytes
            failures = 0 if size > longest else failures + 1
            longest = max(longest, size)
            if failures >= ATTEMPTS_WITHOUT_PROGRESS:
                raise TransferFailed("The download was interrupted, and the service cannot be reached.")
            if longest < result.size_bytes:
                pause(min(10.0, 0.5 * 2**failures))


def open_http(url: str, timeout_s: float = 20.0) -> httpx.Client:
    """Return a client for bytes as they are: the ranges, the size and the checksum are those of the file.

    Raises:
        httpx.InvalidURL: The address is none.
    """
    try:
        is_local = urlsplit(url).hostname in LOOPBACK  # no proxy of the environment reaches this machine's own port
    except ValueError as error:
        raise httpx.InvalidURL("brackets without an address") from error
    trusted = ssl.create_default_context()  # the system's certificates, as the WebSocket trusts them
    return httpx.Client(
        timeout=timeout_s, headers={"Accept-Encoding": "identity"}, trust_env=not is_local, verify=trusted
    )


def _append(http: httpx.Client, url: str, part: PartFile, size_bytes: int, on_progress: OnProgress) -> None:
    have = part.size_bytes
    with http.stream("GET", url, headers={"Range": f"bytes={have}-"}) as response:
        _check(response.status_code)
        have = have if response.status_code == httpx.codes.PARTIAL_CONTENT else 0
        part.cut(have)
        for chunk in response.iter_raw():  # as it comes: chunks of a set size would be lost when they are cut short
            if have + len(chunk) > size_bytes:
                raise TransferFailed("The file arrived damaged: it is longer than it should be.")
            have = part.append(chunk)
            on_progress(have)


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
        raise TransferFailed(f"The service answered the download with status {status}.")


def check_target(target: Path) -> None:
    """Check that a file can be saved as `target`.

    Raises:
        TransferFailed: The folder is missing or not writable, or the target is there and not a file.
    """
    try:
        _check_target(target)
    except OSError as error:
        raise TransferFailed(f"{target} cannot be saved: {error.strerror}.") from error


def _check_target(target: Path) -> None:
    folder = target.parent
    if not folder.is_dir():
        raise TransferFailed(f"There is no folder {folder}.")
    if target.is_dir():
        raise TransferFailed(f"{target} is a folder.")
    if target.exists() and not target.is_file():
        raise TransferFailed(f"{target} is not a file.")
    if not os.access(folder, os.W_OK):
        raise TransferFailed(f"The folder {folder} is not writable.")


logging.getLogger("httpx").setLevel(logging.WARNING)
"""httpx logs addresses as information, and a link has a signature."""
