"""A loop in a thread of its own, for servers that a test reaches from any thread.

test ──▶ **looping** ──▶ networks, faults
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.limits import HANG_S

READ_LIMIT_BYTES = 2**20

T = TypeVar("T")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextmanager
def looping(name: str) -> Iterator[asyncio.AbstractEventLoop]:
    """Run a loop until the context ends; what still runs then is cancelled."""
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(_wait(over))

    thread = threading.Thread(target=run, name=name)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()


async def _wait(over: asyncio.Event) -> None:
    await over.wait()


def run_in(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """Run something there, and wait for it here."""
    return asyncio.run_coroutine_threadsafe(work, loop).result(HANG_S)


def _reader(loop: asyncio.AbstractEventLoop) -> asyncio.StreamReader:
    return asyncio.StreamReader(limit=READ_LIMIT_BYTES, loop=loop)


@contextmanager
def listening(
    loop: asyncio.AbstractEventLoop,
    serve: Serve,
    make_reader: Callable[[asyncio.AbstractEventLoop], asyncio.StreamReader] = _reader,
) -> Iterator[int]:
    """Serve each connection on a free port of 127.0.0.1, which is given; at the end none is open."""
    writers: set[asyncio.StreamWriter] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
                await serve(reader, writer)
        finally:
            writers.discard(writer)
            writer.close()

    async def close() -> None:
        server.close()
        for writer in tuple(writers):
            writer.transport.abort()
        await server.wait_closed()

    def protocol() -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(make_reader(loop), accept, loop=loop)

    server = run_in(loop, loop.create_server(protocol, "127.0.0.1", 0))
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        run_in(loop, close())
