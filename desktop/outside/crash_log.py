"""The log of a crash: what nobody caught, or a fatal signal; the next start shows that there is one.

exceptions, signals ──▶ **watch** ──▶ a file of this user's ──▶ **leftover** ──▶ window

A log has the places in the code and no values: no variables, and the message of an error only where that is about code.
It is opened at the start, as there is no time for it in a fatal signal, and removed at a clean end, being empty.
"""

import atexit
import contextlib
import faulthandler
import io
import os
import platform
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from desktop.outside import version
from desktop.outside.places import NEW_FILE, OWNERS_ALONE, state_directory
from desktop.outside.redaction import without_secrets

if TYPE_CHECKING:
    import asyncio

SIZE_BYTES = 64 * 1024
"""The most that one run writes: an error at each repaint must not fill the disk. A fatal signal may add its stacks."""
LOGS = 10
FRAMES = 40
"""The innermost frames of a traceback."""
ERRORS = 20
"""The most errors of which one led to the other."""
IN_GROUP = 5
"""The first errors of a group."""
MESSAGE_LENGTH = 300
_ABOUT_CODE = frozenset(
    {AttributeError, ImportError, ModuleNotFoundError, NameError, RecursionError, TypeError, UnboundLocalError}
)
_QT_IS_GONE = "C++ object"
_ENDS_AS_ASKED = (KeyboardInterrupt, SystemExit)


def watch(folder: Path | None = None) -> "CrashLog":
    """Write a log of whatever nobody catches in this process from now on, a fatal signal too.

    Nothing is written where the folder cannot be. The loop's handler is the caller's to set: `CrashLog.in_loop`.
    """
    log = CrashLog(_opened(folder))
    log.install()
    return log


def leftover(folder: Path | None = None) -> Path | None:
    """Return the newest log of earlier runs, if it was not shown yet."""
    with contextlib.suppress(OSError, RuntimeError):
        logs = [path for path in _logs(folder or _folder()) if path.stat().st_size and not _is_own(path)]
        if logs and not _mark(logs[-1]).exists():
            return logs[-1]
    return None


def mark_shown(log: Path) -> None:
    """Remember that somebody has seen a log, and with it those before."""
    with contextlib.suppress(OSError):
        _mark(log).touch(OWNERS_ALONE)


class CrashLog:
    """The log of this process; None is that of a place where nothing can be written."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file: io.FileIO | None = None
        if path is not None:
            with contextlib.suppress(OSError):
                self._file = os.fdopen(os.open(path, NEW_FILE, OWNERS_ALONE), "wb", buffering=0)
        self._lock = threading.RLock()

    def install(self) -> None:
        """Hear of errors on every thread, and of fatal signals, until the end of the process."""
        of_main, of_threads = sys.excepthook, threading.excepthook

        def in_main(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
            self.note(error, "nobody caught it")
            of_main(kind, error, where)

        def in_thread(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None:
                self.note(args.exc_value, "nobody caught it in a thread")
            of_threads(args)

        sys.excepthook, threading.excepthook = in_main, in_thread
        if self._file is not None:
            faulthandler.enable(self._file, all_threads=True)
            atexit.register(self.close)

    def in_loop(self, loop: "asyncio.AbstractEventLoop", context: dict[str, Any]) -> None:
        """Note an error that a loop has nobody to give to: for `loop.set_exception_handler`."""
        if isinstance(error := context.get("exception"), BaseException):
            self.note(error, "nobody caught it in the event loop")
        loop.default_exception_handler(context)

    def note(self, error: BaseException, how: str) -> None:
        """Write an error down, unless it is one that ends the program as somebody asked. Never raises."""
        if isinstance(error, _ENDS_AS_ASKED) or self._file is None:
            return
        with contextlib.suppress(Exception), self._lock:
            size = os.fstat(self._file.fileno()).st_size
            if size >= SIZE_BYTES:
                return
            text = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, {how}\n{_describe(error)}\n"
            self._file.write((("" if size else _header()) + text).encode()[: SIZE_BYTES - size])

    def close(self) -> None:
        """End it; without a crash nothing is left."""
        file, self._file = self._file, None
        if file is None or self.path is None:
            return
        faulthandler.disable()
        is_empty = os.fstat(file.fileno()).st_size == 0
        file.close()
        if is_empty:
            self.path.unlink(missing_ok=True)


# --- files ----------------------------------------------------------------------------------------


def _folder() -> Path:
    return state_directory() / "crashes"


def _opened(folder: Path | None) -> Path | None:
    """Return a path for this process's log, in a folder that is there and has room for it."""
    try:
        folder = folder or _folder()
        folder.mkdir(parents=True, exist_ok=True)
        _prune(folder)
    except (OSError, RuntimeError):
        return None
    return folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{os.getpid()}.log"


def _logs(folder: Path) -> list[Path]:
    """Return the logs there are, the oldest first."""
    return sorted(folder.glob("*.log"))


def _is_own(path: Path) -> bool:
    return path.stem.endswith(f"-{os.getpid()}")


def _mark(log: Path) -> Path:
    return log.with_suffix(".shown")


def _prune(folder: Path) -> None:
    """Leave room for one more log; those of runs that were killed, which are empty, go first."""
    logs = sorted(_logs(folder), key=lambda path: (path.stat().st_size > 0, path.name))
    for log in logs[: max(len(logs) - LOGS + 1, 0)]:
        log.unlink(missing_ok=True)
        _mark(log).unlink(missing_ok=True)


# --- words ----------------------------------------------------------------------------------------


def _header() -> str:
    return f"Reportwire {version.installed()}, Python {platform.python_version()}, {platform.platform()}\n\n"


def _describe(error: BaseException) -> str:
    return without_secrets("\n".join(_lines(error, seen=set())))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    """Yield the lines of a traceback, those of what led to it first."""
    if id(error) in seen or len(seen) >= ERRORS:
        return
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before, seen)
        yield "\nwhich led to:\n"
    yield "Traceback (most recent call last):"
    for frame in traceback.extract_tb(error.__traceback__, limit=-FRAMES):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        if frame.line:
            yield f"    {frame.line}"
    yield _headline(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions[:IN_GROUP]:
            yield from (f"  | {line}" for line in _lines(each, seen))


def _headline(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: {os.strerror(error.errno)}"
    message = ""
    with contextlib.suppress(Exception):  # of an error whose words fail
        message = str(error)
    is_about_code = kind in _ABOUT_CODE or (kind is RuntimeError and _QT_IS_GONE in message)
    return f"{name}: {message[:MESSAGE_LENGTH]}" if is_about_code else name
